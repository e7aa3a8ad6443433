/**
 * The key of a record, run, log entry or plan as text: PostgreSQL's bigint from 1, in 18 digits at most, which fit it.
 * Text, because a bigint does not fit a number of JavaScript.
 */
export const idPattern = /^[1-9]\d{0,17}$/;

/** True if the text is such a key. Whether there is a row with it is not looked up. */
export function isId(text: string): boolean {
  return idPattern.test(text);
}
