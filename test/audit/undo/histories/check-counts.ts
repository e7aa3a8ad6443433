import { expect } from 'vitest';
import { LogEntry } from '../../../../src/audit/log-entry.ts';
import type { Undone } from '../undo-runs.ts';

/** Holds what a plan says that it did against the entries of its run. */
export async function checkCounts({ runId, plan, steps }: Undone): Promise<void> {
  const all = await LogEntry.findAll({ where: { runId } });
  const isSame = (a: LogEntry, b: LogEntry) => a.model === b.model && a.objectId === b.objectId;
  // Records that point to each other let go of each other before they are removed: that is no step of its own.
  const isLettingGo = (entry: LogEntry) =>
    entry.action === 1 && all.some((other) => other.action === 2 && isSame(other, entry));
  const entries = all.filter((entry) => !isLettingGo(entry));
  const counted = (action: number) => entries.filter((entry) => entry.action === action).length;
  const { counts } = plan;
  expect([counts.recreated, counts.restored, counts.removed]).toEqual([0, 1, 2].map(counted));
  const updates = entries.filter(({ action }) => action === 1);
  expect(counts.fields).toBe(updates.reduce((sum, { changes }) => sum + Object.keys(changes).length, 0));
  expect(steps.map(({ state }) => state)).not.toContain('pending');
  expect(plan.state).toBe('applied');
}
