import type { RecordedChange } from './registration.ts';

/** Called before an entry is written. Returning false, or a promise of it, keeps the change out of the log. */
export type BeforeListener = (change: RecordedChange) => boolean | undefined | Promise<boolean | undefined>;

/** Called after an entry was written, or with the error when it could not be. */
export type AfterListener = (change: RecordedChange, error: Error | null) => void | Promise<void>;

const before = new Set<BeforeListener>();
const after = new Set<AfterListener>();

/** Adds a listener that may keep changes out of the log. Call the function it gives to remove it again. */
export function beforeLogEntry(listener: BeforeListener): () => void {
  before.add(listener);
  return () => before.delete(listener);
}

/**
 * Adds a listener that hears of every entry. It runs inside the transaction of the write: when it throws,
 * the write is rolled back. Call the function it gives to remove it again.
 */
export function afterLogEntry(listener: AfterListener): () => void {
  after.add(listener);
  return () => after.delete(listener);
}

export function hasListeners(): boolean {
  return before.size + after.size > 0;
}

/** Whether no listener objects. All are asked, in the order they were added. */
export async function askBefore(change: RecordedChange): Promise<boolean> {
  let wanted = true;
  for (const listener of before) if ((await listener(change)) === false) wanted = false;
  return wanted;
}

export async function tellAfter(changes: readonly RecordedChange[], error: Error | null): Promise<void> {
  for (const listener of after) for (const change of changes) await listener(change, error);
}
