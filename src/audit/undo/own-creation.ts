import type { HistoryEntry } from './record-histories.ts';

/**
 * The selected creation that a record owes its existence to; null when it was there before, or others made it. A
 * record that the selection deleted and made again was there before.
 *
 * @param history the record's entries up to a moment at which it existed
 */
export function ownCreation(
  history: readonly HistoryEntry[],
  ours: ReadonlySet<string>,
): HistoryEntry | null {
  const lifecycle = history.filter(({ action }) => action === 'create' || action === 'delete');
  for (let index = lifecycle.length - 1; index >= 0; index -= 2) {
    const [deletion, creation] = [lifecycle[index - 1], lifecycle[index]];
    if (creation?.action !== 'create' || !ours.has(creation.id)) return null;
    if (deletion?.action !== 'delete' || !ours.has(deletion.id)) return creation;
  }
  return null;
}
