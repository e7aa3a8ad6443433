import { config } from '../../src/config.ts';
import type { Database } from '../../src/database/open-database.ts';
import { waitFor } from '../helpers/wait-for.ts';
import { createApiDatabase, placeCount } from './api-database.ts';
import { type ApiServer, startApiServer } from './api-server.ts';
import type { Measurement } from './rounds.ts';
import { type LoadRequest, type LoadResult, sendLoad } from './send-load.ts';

/** How many connections, and how often the servers take turns. With many, a turn takes long anyway. */
const loads = [
  { connections: 10, turns: 4 },
  { connections: 100, turns: 2 },
  { connections: 500, turns: 1 },
];
const turnSeconds = 0.2;
const warmUpSeconds = 0.4;

const id = (n: number) => ((n * 7919) % placeCount) + 1;
const requests: Record<string, (n: number) => LoadRequest> = {
  'GET one': (n) => ({ method: 'GET', path: `/api/v1/places/${id(n)}`, status: 200 }),
  'GET a list of 20': (n) => ({
    ...{ method: 'GET', path: `/api/v1/places?limit=20&order=${orders[n % 2]}`, status: 200 },
  }),
  PATCH: (n) => ({
    ...{ method: 'PATCH', path: `/api/v1/places/${id(n)}`, status: 200 },
    body: { description: `Closed for works, says the board. ${n}, ${performance.now()}`, priceRange: '$$' },
  }),
  POST: (n) => ({
    ...{ method: 'POST', path: '/api/v1/places', status: 201 },
    body: {
      name: `New place ${n}`,
      latitude: 41.9,
      longitude: -87.6,
      addressCountry: 'US',
      categories: ['bar'],
    },
  }),
};
const orders = ['id', '-updatedAt'];

/** What is aimed at: the audit costs writes something, reads nothing. */
const targetOf = (name: string) => (name.startsWith('GET') ? 0.9 : 0.6);

/**
 * The REST API over HTTP, with a token, at several numbers of connections: audited places against the same server,
 * routes and model with a plain table, without hooks and triggers. Each server is a process of its own with the
 * default pool; they take turns.
 *
 * @throws Error at an answer that is an error, a write without exactly one log entry, a connection that is not given back
 */
export async function apiLoad(database: Database): Promise<Measurement[]> {
  await using bench = await createApiDatabase(database.url);
  const expectConnections = (most: number) =>
    waitFor(`at most ${most} connections, all of them idle`, async () => {
      const states = await bench.connections();
      return states.length <= most && states.every((state) => state === 'idle');
    });
  await expectConnections(0);
  const headers = { authorization: `Bearer ${bench.token}` };
  const measurements: Measurement[] = [];
  let writes = 0;
  {
    await using audited = await startApiServer(bench.url, 'audited');
    await using plain = await startApiServer(bench.url, 'plain');
    const measure = async ({ pool }: ApiServer, name: string, connections: number, seconds: number) => {
      const request = requests[name];
      if (request === undefined) throw new TypeError(`There is no request ${name}.`);
      const result = await sendLoad({ pool, connections, headers, seconds, request });
      if (pool === audited.pool && !name.startsWith('GET')) writes += result.milliseconds.length;
      return result;
    };
    for (const name of Object.keys(requests))
      for (const server of [audited, plain]) await measure(server, name, 10, warmUpSeconds);
    for (const { connections, turns } of loads) {
      for (const name of Object.keys(requests)) {
        const results = new Map<ApiServer, LoadResult[]>([audited, plain].map((server) => [server, []]));
        for (let turn = 0; turn < turns; turn += 1) {
          // Whoever comes first may find another machine than who comes after.
          const first = (turn + measurements.length) % 2 === 0;
          for (const server of first ? [audited, plain] : [plain, audited])
            results.get(server)?.push(await measure(server, name, connections, turnSeconds));
        }
        const [ours = [], baseline = []] = [results.get(audited), results.get(plain)];
        measurements.push(measurement(`${name}, ${connections} connections`, targetOf(name), ours, baseline));
      }
    }
    await expectConnections(2 * config.databasePoolSize);
  }
  await expectConnections(0);
  const entries = await bench.countEntries();
  if (entries !== writes) throw new Error(`${writes} writes left ${entries} log entries.`);
  return measurements;
}

function measurement(
  name: string,
  target: number,
  ours: readonly LoadResult[],
  baseline: readonly LoadResult[],
): Measurement {
  const times = ours.flatMap(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  const percentile = (share: number) => times[Math.ceil(times.length * share) - 1] ?? Number.NaN;
  return {
    ...{ name: `API, ${name}, audited ÷ not audited`, target, unit: 'requests/s' },
    ...{ ours: perSecond(ours), baseline: perSecond(baseline) },
    milliseconds: { p50: percentile(0.5), p99: percentile(0.99) },
  };
}

function perSecond(results: readonly LoadResult[]): number {
  const requests = results.reduce((sum, { milliseconds }) => sum + milliseconds.length, 0);
  return requests / results.reduce((sum, { seconds }) => sum + seconds, 0);
}
