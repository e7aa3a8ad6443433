import fc from 'fast-check';
import type { RecordedState } from './recorded-state.ts';
import type { Run } from './run.ts';

/** What a failing property throws: what fast-check says, and how to repeat it. */
export function failIfNeeded<Values>(details: fc.RunDetails<Values>): void {
  if (!details.failed) return;
  const cause = details.errorInstance;
  throw new Error(
    `${fc.defaultReportMessage(details)}\n\nTo repeat: HOTSPOTS_TEST_SEED=${details.seed} ` +
      `HOTSPOTS_TEST_PATH=${details.counterexamplePath} npx vitest run --config test/vitest.config.ts ` +
      'test/audit/replay.test.ts\nSessions race, so not every repetition fails.',
    { cause },
  );
}

/** What happened in a sequence, for people. */
export function describeRun(run: Run, { entries }: RecordedState): string {
  const calls = run.calls.map(
    ({ stamp, operation, ids, fate, error }) =>
      `${stamp} ${operation.kind} of ${ids}: ${fate} ${error ?? ''}`,
  );
  const log = entries.map(
    ({ id, action, model, objectId, actorEmail, changes }) =>
      `${id} ${['create', 'update', 'delete'][action]} ${model}/${objectId} by ${actorEmail}: ${JSON.stringify(changes)}`,
  );
  return [...calls, ...log].join('\n');
}
