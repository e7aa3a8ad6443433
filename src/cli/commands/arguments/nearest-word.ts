/**
 * The word that a mistyped one was probably meant to be.
 *
 * @returns null when none is near: more than a third of the letters would have to change
 */
export function nearestWord(given: string, words: readonly string[]): string | null {
  let nearest: string | null = null;
  let smallest = Math.max(2, Math.floor(given.length / 3)) + 1;
  for (const word of words) {
    const distance = editDistance(given.slice(0, 64).toLowerCase(), word.toLowerCase());
    if (distance < smallest) {
      smallest = distance;
      nearest = word;
    }
  }
  return nearest;
}

/** Levenshtein distance, one row of the table at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const substitute = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitute, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
