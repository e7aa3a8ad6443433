import { performance } from 'node:perf_hooks';
import { log } from '../log.ts';

const pause = 60_000;

/**
 * Logs problems, the same one at most once a minute: while the database is away, every look for jobs fails.
 *
 * @param what one sentence; the error's own text comes after it
 */
export function rareLog(): (what: string, error: unknown) => void {
  const loggedAt = new Map<string, number>();
  return (what, error) => {
    const message = error instanceof Object && 'message' in error ? String(error.message) : String(error);
    // pg-boss says for each of its loops where it was.
    const reason = message.replace(/ \(Queue: [^)]*\)$/, '');
    const now = performance.now();
    for (const [known, at] of loggedAt) if (now - at >= pause) loggedAt.delete(known);
    if (loggedAt.has(reason)) return;
    loggedAt.set(reason, now);
    log.error(what, { reason });
  };
}
