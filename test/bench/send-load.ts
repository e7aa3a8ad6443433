import type { Pool } from 'undici';

/** A request of a load, and how it is answered when all is well. */
export interface LoadRequest {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly path: string;
  readonly body?: object;
  readonly status: number;
}

export interface LoadResult {
  readonly requests: number;
  readonly perSecond: number;
  /** Milliseconds from sending a request to the end of its answer: the median, and what 99 of 100 need at most. */
  readonly p50: number;
  readonly p99: number;
}

interface Load {
  readonly pool: Pool;
  /** How many of the pool's connections are used. */
  readonly connections: number;
  readonly headers: Record<string, string>;
  readonly seconds: number;
  /** The nth request. */
  readonly request: (n: number) => LoadRequest;
}

/**
 * Sends requests on so many connections, on each the next as soon as the last is answered. Those under way at the end
 * are waited for, and count.
 *
 * @throws Error at an answer with another status than it should have
 */
export async function sendLoad({ pool, connections, headers, seconds, request }: Load): Promise<LoadResult> {
  const times: number[] = [];
  let sent = 0;
  const start = performance.now();
  const keepSending = async () => {
    do {
      const { method, path, body, status } = request(sent++);
      const sentAt = performance.now();
      const answer = await pool.request({
        ...{ method, path },
        headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
        body: body === undefined ? null : JSON.stringify(body),
      });
      const text = await answer.body.text();
      if (answer.statusCode !== status) {
        throw new Error(
          `${method} ${path} was answered with status ${answer.statusCode}: ${text.slice(0, 500)}`,
        );
      }
      times.push(performance.now() - sentAt);
    } while (performance.now() < start + seconds * 1000);
  };
  await Promise.all(Array.from({ length: connections }, keepSending));
  const perSecond = sent / ((performance.now() - start) / 1000);
  times.sort((a, b) => a - b);
  const percentile = (share: number) => times[Math.ceil(times.length * share) - 1] ?? Number.NaN;
  return { requests: sent, perSecond, p50: percentile(0.5), p99: percentile(0.99) };
}
