/**
 * Compares two texts as PostgreSQL's collation "C" does: by the bytes of their UTF-8.
 * JavaScript's `<` goes by UTF-16 units, which puts U+FFFD after the emoji.
 * @returns less than, equal to or greater than 0
 */
export function compareBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

/** Surrogates stand for what comes after the last unit. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit;
}
