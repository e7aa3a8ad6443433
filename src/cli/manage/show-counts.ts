import type { BatchCounts } from '../../records/operations/batches.ts';

/** "examined 120 · changed 117 · left to people 3"; what there was none of is left out, but for the first. */
export function showCounts(counts: BatchCounts): string {
  return Object.entries(counts)
    .filter(([, count], index) => index === 0 || count > 0)
    .map(([name, count]) => `${name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)} ${count}`)
    .join(' · ');
}
