/** The longest that a site may make a crawl wait, in milliseconds. */
const longestWait = 120_000;

/**
 * How long a Retry-After header asks to wait (RFC 9110, 10.2.3: seconds or an HTTP-date).
 *
 * @param now milliseconds since 1970
 * @returns milliseconds, 0 to 120,000; null when there is no such header or it cannot be read
 */
export function retryAfter(value: string | undefined, now: number = Date.now()): number | null {
  const text = value?.trim() ?? '';
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, longestWait);
  // An HTTP-date names a weekday; Date.parse alone would also take "1.5" for a date.
  if (!/^[A-Z][a-z]+,? /.test(text)) return null;
  const time = Date.parse(text);
  return Number.isNaN(time) ? null : Math.min(Math.max(time - now, 0), longestWait);
}
