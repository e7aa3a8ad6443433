import type { IncomingMessage } from 'node:http';

/**
 * What the log entries of a request have in common: what a program that uses the API sends as X-Correlation-Id, if it
 * is 1 to 200 characters of printable ASCII, else a new one.
 */
export function correlationId({ url, headers }: Pick<IncomingMessage, 'url' | 'headers'>): string {
  const given = headers['x-correlation-id'];
  const isSane = typeof given === 'string' && /^[\x21-\x7e]{1,200}$/.test(given);
  return isSane && url?.startsWith('/api/') === true ? given : crypto.randomUUID();
}
