import type { BatchedResult } from '../records/operations/batches.ts';
import type { TaskOutcome } from './task.ts';

/** How work in batches ended, as a job says it: "examined 12, past 3". */
export function batchedOutcome({ state, counts }: BatchedResult): TaskOutcome {
  const summary = Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
  return { state: state === 'stopped' ? 'stopped' : 'done', summary };
}
