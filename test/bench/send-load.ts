import type { Pool } from 'undici';

/** A request of a load, and how it is answered when all is well. */
export interface LoadRequest {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly path: string;
  readonly body?: object;
  readonly status: number;
}

export interface LoadResult {
  /** How long it took altogether. */
  readonly seconds: number;
  /** How long each request took, from its sending to the end of its answer. */
  readonly milliseconds: readonly number[];
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
  const milliseconds: number[] = [];
  let sent = 0;
  const start = performance.now();
  const keepSending = async () => {
    do {
      const { method, path, body, status } = request(sent++);
      const sentAt = performance.now();
      const answer = await pool.request({
        method,
        path,
        headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
        body: body === undefined ? null : JSON.stringify(body),
      });
      const text = await answer.body.text();
      if (answer.statusCode !== status) {
        throw new Error(
          `${method} ${path} was answered with status ${answer.statusCode}: ${text.slice(0, 500)}`,
        );
      }
      milliseconds.push(performance.now() - sentAt);
    } while (performance.now() < start + seconds * 1000);
  };
  await Promise.all(Array.from({ length: connections }, keepSending));
  return { seconds: (performance.now() - start) / 1000, milliseconds };
}
