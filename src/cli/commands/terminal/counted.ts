/** A number with its noun: "1 page", "2 pages". For nouns with a plain plural. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
