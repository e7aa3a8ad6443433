import { config } from '../../src/config.ts';
import type { Database } from '../../src/database/open-database.ts';
import { waitFor } from '../helpers/wait-for.ts';
import { createApiDatabase, placeCount, startApiServer } from './api-server.ts';
import type { ComparisonName } from './comparisons.ts';
import { checkCounts, type Measurement } from './rounds.ts';
import { type LoadRequest, type LoadResult, sendLoad } from './send-load.ts';

/** How many connections, and how often the servers take turns. With many, a turn takes long anyway. */
const loads = [
  { connections: 10, turns: 4 },
  { connections: 100, turns: 2 },
  { connections: 500, turns: 1 },
];
const turnSeconds = 0.2;
const warmUpSeconds = 0.4;

/** Comes by every place once before it comes to one again. */
const id = (n: number) => ((n * 7919) % placeCount) + 1;
const orders = ['id', '-updatedAt'];

interface Kind {
  readonly comparison: ComparisonName;
  readonly request: (n: number) => LoadRequest;
  /** What one request leaves behind: rows that were not there, and entries when it is audited. */
  readonly rows: number;
  readonly entries: number;
}

/** Those that only read come first: both servers read tables in which nobody has written yet. */
const kinds: readonly Kind[] = [
  {
    comparison: 'api-get-one',
    request: (n) => ({ method: 'GET', path: `/api/v1/places/${id(n)}`, status: 200 }),
    rows: 0,
    entries: 0,
  },
  {
    comparison: 'api-get-list',
    request: (n) => ({
      method: 'GET',
      path: `/api/v1/places?limit=20&order=${orders[n % orders.length]}`,
      status: 200,
    }),
    rows: 0,
    entries: 0,
  },
  {
    comparison: 'api-patch',
    request: (n) => ({
      method: 'PATCH',
      path: `/api/v1/places/${id(n)}`,
      status: 200,
      body: { description: `Closed for works, says the board. ${n}, ${performance.now()}`, priceRange: '$$' },
    }),
    rows: 0,
    entries: 1,
  },
  {
    comparison: 'api-post',
    request: (n) => ({
      method: 'POST',
      path: '/api/v1/places',
      status: 201,
      body: {
        name: `New place ${n}`,
        latitude: 41.9,
        longitude: -87.6,
        addressCountry: 'US',
        categories: ['bar'],
      },
    }),
    rows: 1,
    entries: 1,
  },
];

/**
 * The REST API over HTTP, with a token, at several numbers of connections: audited places against the same server,
 * routes and model with a plain table, without hooks and triggers. Each server is a process of its own with the
 * default pool; they take turns.
 *
 * @param scale how long it is done; 1 is the benchmark
 * @throws Error at an answer that is an error, a write without exactly one log entry, a connection that is not given back
 */
export async function api(database: Database, round: number, scale: number): Promise<Measurement[]> {
  await using bench = await createApiDatabase(database.url);
  const expectConnections = (most: number) =>
    waitFor(`at most ${most} connections, all of them idle`, async () => {
      const states = await bench.connections();
      return states.length <= most && states.every((state) => state === 'idle');
    });
  await expectConnections(0);
  const headers = { authorization: `Bearer ${bench.token}` };
  const measurements: Measurement[] = [];
  {
    await using audited = await startApiServer(bench.url, 'audited');
    await using plain = await startApiServer(bench.url, 'plain');
    const servers = { audited, plain };
    const measure = async (
      side: 'audited' | 'plain',
      { comparison, request, rows, entries }: Kind,
      connections: number,
      seconds: number,
    ): Promise<LoadResult> => {
      const before = await bench.count();
      const { pool } = servers[side];
      const result = await sendLoad({ pool, connections, headers, seconds: seconds * scale, request });
      const sent = result.milliseconds.length;
      const patched = comparison === 'api-patch' ? Math.min(sent, placeCount) : 0;
      checkCounts(`${comparison}, ${side}, ${connections} connections`, await bench.count(), {
        ...before,
        [`${side} places`]: (before[`${side} places`] ?? 0) + rows * sent,
        [`patched ${side} places`]: Math.max(before[`patched ${side} places`] ?? 0, patched),
        'log entries': (before['log entries'] ?? 0) + (side === 'audited' ? entries * sent : 0),
      });
      return result;
    };
    for (const kind of kinds) {
      for (const side of ['audited', 'plain'] as const) await measure(side, kind, 10, warmUpSeconds);
      await bench.vacuum();
      for (const { connections, turns } of loads) {
        const results: Record<'audited' | 'plain', LoadResult[]> = { audited: [], plain: [] };
        for (let turn = 0; turn < turns; turn += 1) {
          // Whoever comes first may find another machine than who comes after.
          const isFirst = (turn + round + measurements.length) % 2 === 0;
          for (const side of isFirst ? (['audited', 'plain'] as const) : (['plain', 'audited'] as const))
            results[side].push(await measure(side, kind, connections, turnSeconds));
        }
        measurements.push(measurement(kind.comparison, connections, results.audited, results.plain));
      }
    }
    await expectConnections(2 * config.databasePoolSize);
  }
  await expectConnections(0);
  return measurements;
}

function measurement(
  comparison: ComparisonName,
  connections: number,
  ours: readonly LoadResult[],
  baseline: readonly LoadResult[],
): Measurement {
  const times = ours.flatMap(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  const percentile = (share: number) => times[Math.ceil(times.length * share) - 1] ?? Number.NaN;
  return {
    comparison,
    variant: `${connections} connections`,
    ours: perSecond(ours),
    baseline: perSecond(baseline),
    milliseconds: { p50: percentile(0.5), p99: percentile(0.99) },
  };
}

function perSecond(results: readonly LoadResult[]): number {
  const requests = results.reduce((sum, { milliseconds }) => sum + milliseconds.length, 0);
  return requests / results.reduce((sum, { seconds }) => sum + seconds, 0);
}
