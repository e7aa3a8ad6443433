/** Text as every layer handles it: what PostgreSQL can store, cutting to a length, counts, quotes in messages. */

/** True if PostgreSQL's `text` can store it: no NUL character, no half of a surrogate pair. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

/** Text that PostgreSQL's `text` can store: NUL characters removed, halves of surrogate pairs replaced by U+FFFD. */
export function storableText(text: string): string {
  return isStorable(text) ? text : text.replaceAll('\0', '').toWellFormed();
}

/**
 * The start of a text, without a mark that it was cut.
 *
 * @param maxLength in UTF-16 units; a surrogate pair is never split
 */
export function cutText(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const last = text.charCodeAt(maxLength - 1);
  const splitsPair = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, splitsPair ? maxLength - 1 : maxLength);
}

/**
 * Text for display: when longer than `limit`, its start and "…".
 *
 * @param limit in code points; 0 gives "", a negative limit does not cut
 */
export function abbreviate(text: string, limit = 140): string {
  if (limit < 0) return text;
  if (limit === 0) return '';
  // A code point takes at most two units, so no more of a long text has to be split.
  const start = [...text.slice(0, 2 * limit + 2)];
  return start.length <= limit ? text : `${start.slice(0, limit).join('')}…`;
}

/** A given value in a message: quoted, escaped, at most 100 characters of it. */
export function quoted(text: string): string {
  return JSON.stringify(cutText(text, 100));
}

/** A number for people: 1,988. */
export function formatNumber(value: number): string {
  return value.toLocaleString('en-GB');
}

/** A number with its noun: "1 change", "1,988 changes". For nouns with a plain plural. */
export function counted(count: number, noun: string): string {
  return `${formatNumber(count)} ${plural(count, noun)}`;
}

/** The noun that follows a number, without the number. */
export function plural(count: number, noun: string): string {
  return count === 1 ? noun : `${noun}s`;
}
