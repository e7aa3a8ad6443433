import { setTimeout as delay } from 'node:timers/promises';
import { log } from '../log.ts';
import { findPostmaster } from './postmaster.ts';

/** A shutdown writes all changed pages first, which takes a while after a long crawl. In milliseconds. */
const stopPatience = 60_000;
const pollInterval = 20;

/** Ends the connections to the server on that data folder and stops it; returns when it has ended. */
export async function stopPostmaster(data: string): Promise<void> {
  askToStop(data);
  const deadline = performance.now() + stopPatience;
  while (findPostmaster(data) !== undefined) {
    if (performance.now() > deadline) {
      log.warn('The embedded database is still stopping; it ends by itself', { folder: data });
      return;
    }
    await delay(pollInterval);
  }
}

/** Sends SIGINT, which PostgreSQL calls a fast shutdown, to the server on that data folder, if one runs. */
export function askToStop(data: string): void {
  const postmaster = findPostmaster(data);
  if (postmaster === undefined) return;
  try {
    process.kill(postmaster.pid, 'SIGINT');
  } catch (error) {
    // It ended by itself in between.
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return;
    throw error;
  }
}
