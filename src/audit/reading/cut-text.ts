/** Text of more than `limit` characters cut there, with "…". 0 gives "", a negative limit does not cut. */
export function cutText(text: string, limit = 140): string {
  if (limit < 0) return text;
  if (limit === 0) return '';
  // Whole code points: half a surrogate pair is no character. One takes at most two units.
  const start = [...text.slice(0, 2 * limit + 2)];
  return start.length <= limit ? text : `${start.slice(0, limit).join('')}…`;
}
