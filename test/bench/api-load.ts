import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Pool } from 'undici';
import { config } from '../../src/config.ts';
import type { Database } from '../../src/database/open-database.ts';
import { type ApiDatabase, createApiDatabase, placeCount } from './api-database.ts';
import type { Measurement } from './rounds.ts';
import { type LoadRequest, type LoadResult, sendLoad } from './send-load.ts';

const connectionCounts = [10, 100, 500];
const measuredSeconds = 0.4;
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
  expectConnections(await bench.connections(), 0);
  const headers = { authorization: `Bearer ${bench.token}` };
  const measurements: Measurement[] = [];
  let writes = 0;
  {
    await using audited = await startServer(bench, 'audited');
    await using plain = await startServer(bench, 'plain');
    const measure = async ({ pool }: Server, name: string, connections: number, seconds: number) => {
      const request = requests[name];
      if (request === undefined) throw new TypeError(`There is no request ${name}.`);
      const result = await sendLoad({ pool, connections, headers, seconds, request });
      if (pool === audited.pool && !name.startsWith('GET')) writes += result.requests;
      return result;
    };
    for (const name of Object.keys(requests))
      for (const server of [audited, plain]) await measure(server, name, 10, warmUpSeconds);
    for (const connections of connectionCounts) {
      for (const name of Object.keys(requests)) {
        const ours = await measure(audited, name, connections, measuredSeconds);
        const baseline = await measure(plain, name, connections, measuredSeconds);
        measurements.push(measurement(`${name}, ${connections} connections`, targetOf(name), ours, baseline));
      }
    }
    expectConnections(await bench.connections(), 2 * config.databasePoolSize);
  }
  expectConnections(await bench.connections(), 0);
  const entries = await bench.countEntries();
  if (entries !== writes) throw new Error(`${writes} writes left ${entries} log entries.`);
  return measurements;
}

function measurement(name: string, target: number, ours: LoadResult, baseline: LoadResult): Measurement {
  return {
    ...{ name: `API, ${name}, audited ÷ not audited`, target, unit: 'requests/s' },
    ...{ ours: ours.perSecond, baseline: baseline.perSecond },
    milliseconds: { p50: ours.p50, p99: ours.p99 },
  };
}

interface Server extends AsyncDisposable {
  readonly pool: Pool;
}

async function startServer({ url }: ApiDatabase, kind: 'audited' | 'plain'): Promise<Server> {
  const server = spawn(process.execPath, [path.join(import.meta.dirname, 'api-program.ts'), kind], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, DATABASE_URL: url },
  });
  const exit = once(server, 'exit');
  const [origin] = await Promise.race([once(createInterface(server.stdout), 'line'), exit]);
  if (server.exitCode !== null) throw new Error(`The ${kind} server ended before it could be used.`);
  const pool = new Pool(String(origin), { connections: Math.max(...connectionCounts), pipelining: 1 });
  return {
    pool,
    [Symbol.asyncDispose]: async () => {
      await pool.close();
      server.kill();
      const [code] = await exit;
      if (code !== 0) throw new Error(`The ${kind} server ended with exit code ${code}.`);
    },
  };
}

function expectConnections(states: readonly string[], most: number): void {
  if (states.length <= most && states.every((state) => state === 'idle')) return;
  throw new Error(
    `The servers hold ${states.length} connections (${states.join(', ')}); at most ${most} idle ones are right.`,
  );
}
