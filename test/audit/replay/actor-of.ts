import type { Actor } from '../../../src/audit/actors.ts';

/** The actor of the operation with that stamp, or of one of its rows. */
export function actorOf(stamp: number, rowId?: number): Actor {
  const row = rowId === undefined ? '' : `-row-${rowId}`;
  return { id: String(stamp), email: `op-${stamp}${row}@example.org` };
}
