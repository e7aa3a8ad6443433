import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../src/database/open-database.ts';
import { runCli, startCli } from '../helpers/run-cli.ts';
import { createTestDatabase } from '../helpers/test-database.ts';

let database: Database;
let environment: Record<string, string>;
let folder: string;

beforeAll(async () => {
  database = await createTestDatabase();
  environment = { DATABASE_URL: database.url };
  folder = await mkdtemp(path.join(tmpdir(), 'hotspots-cli-'));
});

afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true });
});

async function count(table: string): Promise<number> {
  const [rows] = await database.sequelize.query(`SELECT count(*)::int AS n FROM ${table}`);
  const [row] = rows;
  return typeof row === 'object' && row !== null && 'n' in row ? Number(row.n) : Number.NaN;
}

/** A site on this machine whose pages each lead to two more, and which answers only when told. */
async function startSite(answer: (url: string) => Promise<void>): Promise<{ url: string; server: Server }> {
  const server = createServer(async (request, response) => {
    const url = request.url ?? '/';
    if (url === '/robots.txt' || url === '/sitemap.xml') {
      response.writeHead(404).end();
      return;
    }
    await answer(url);
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end(`<a href="${url}a/">a</a> <a href="${url}b/">b</a>`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The server has no port.');
  return { url: `http://127.0.0.1:${address.port}/`, server };
}

describe('hotspots crawl', () => {
  test('counts what a dry run would write, and writes nothing', async () => {
    const result = await runCli(['crawl', '--spider=events', '--dry-run'], environment);
    expect(result.stdout).toContain(' · unchanged 0 · rejected 1 · failed 0');
    expect(result.stdout).toContain('29 pages, 19 items');
    expect(result.stdout).toContain('Dry run: nothing was written.');
    expect(result.code).toBe(0);
    expect(await count('events')).toBe(0);
    expect(await count('places')).toBe(0);
  });

  test('reads the sample town while there are no sources, and says so', async () => {
    const result = await runCli(['crawl', '--spider=events'], environment);
    expect(result.stderr).toMatch(
      /^No sources in crawlers\/sources\.yaml.*: reading the bundled sample town \(served on 127\.0\.0\.1:\d+\)\.$/m,
    );
    expect(result.stdout).toMatch(/^Run \d+ {2}events {2}sample-events {2}finished in [\d.]+ s$/m);
    expect(result.stdout).toContain('created 25 · updated 0 · unchanged 0 · rejected 1 · failed 0');
    expect(result.stdout).toMatch(/Rejected:\n {4}1 × startDate: .*\n {8}http:.*mystery-supper\.html$/m);
    expect(result.stdout).toMatch(/JSON-LD blocks repaired: 1 cleaned, 2 repaired/);
    expect(result.stdout).toMatch(/Skipped:\n {4}.*robots\.txt/);
    expect(result.stdout).toMatch(/npm run review -- --actor=scraper@vibemap\.com --since=1d --run=\d+/);
    expect(result.code).toBe(0);
    expect(await count('events')).toBe(18);
    expect(await count('places')).toBe(7);
    expect(await count(`events WHERE name LIKE '%Rehearsal%'`)).toBe(0);
  });

  test('changes nothing the second time, although the town is served on another port', async () => {
    const entries = await count('log_entries');
    const result = await runCli(['crawl', '--spider=events'], environment);
    expect(result.stdout).toContain('created 0 · updated 0 · unchanged 18 · rejected 1 · failed 0');
    expect(result.code).toBe(0);
    expect(await count('log_entries')).toBe(entries);
  });

  test('finds the venues that its events named', async () => {
    const { stdout, code } = await runCli(['crawl', '--source=sample-places', '--json'], environment);
    const run: Record<string, number> = JSON.parse(stdout);
    expect((run.created ?? 0) + (run.updated ?? 0) + (run.unchanged ?? 0)).toBe(7);
    expect(run.created).toBe(1);
    expect(code).toBe(0);
    expect(await count(`places WHERE name = 'Harbour Hall'`)).toBe(1);
  });

  test('prints one JSON object per run, and nothing else on stdout', async () => {
    const result = await runCli(['crawl', '--spider=events', '--limit=3', '--json'], environment);
    expect(result.stdout.trimEnd().split('\n')).toHaveLength(1);
    const run = JSON.parse(result.stdout);
    expect(run).toMatchObject({
      runId: expect.stringMatching(/^\d+$/),
      spider: 'events',
      source: 'sample-events',
      state: 'finished',
      dryRun: false,
      failures: [],
    });
    expect(run.pages).toBeLessThanOrEqual(3);
  });

  test('writes no terminal control to pipes', async () => {
    const result = await runCli(['crawl', '--spider=events'], environment);
    expect(result.stdout + result.stderr).not.toMatch(/(?!\n)\p{Cc}/u);
  });

  test('crawls the sources of another file, and names the line of what is wrong in it', async () => {
    const file = path.join(folder, 'sources.yaml');
    await writeFile(file, 'sources:\n  - name: a\n    spider: evnts\n    startUrls: [https://a.example/]\n');
    const result = await runCli(['crawl', '--spider=events', `--sources=${file}`], environment);
    expect(result.stderr).toMatch(
      /sources\.yaml:3: sources\[0\]\.spider: must be one of the spiders events, places; given: "evnts"$/m,
    );
    expect(result.code).toBe(1);
  });

  test('continues with the next source when one cannot be read, and ends with code 3', async () => {
    const { url, server } = await startSite(async () => {});
    const file = path.join(folder, 'two-sources.yaml');
    const entry = (name: string, address: string) =>
      `  - name: ${name}\n    spider: events\n    startUrls: ['${address}']\n    limits: { pages: 1 }\n`;
    await writeFile(file, `sources:\n${entry('silent', 'http://127.0.0.1:1/')}${entry('small', url)}`);
    const result = await runCli(['crawl', '--spider=events', `--sources=${file}`, '--json'], environment);
    server.close();
    const runs = result.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(runs).toMatchObject([
      { source: 'silent', state: 'failed', failures: [{ url: 'http://127.0.0.1:1/' }] },
      { source: 'small', state: 'finished', pages: 1 },
    ]);
    expect(result.code).toBe(3);
  });

  test('crawls an address that is no source, under a name made of its host', async () => {
    const { url, server } = await startSite(async () => {});
    const result = await runCli(
      ['crawl', '--spider=events', `--url=${url}`, '--limit=1', '--json'],
      environment,
    );
    server.close();
    expect(JSON.parse(result.stdout)).toMatchObject({ source: 'url-127-0-0-1', pages: 1, failed: 0 });
    expect(result.code).toBe(0);
  });

  test('fails with code 1 when no page could be read, and says which', async () => {
    const file = path.join(folder, 'none.warc.gz');
    const result = await runCli(['crawl', '--spider=events', `--archive=${file}`], environment);
    expect(result.stderr).toContain('none.warc.gz');
    expect(result.code).toBe(1);
  });

  test('stops gracefully at the first signal', async () => {
    const seen = Promise.withResolvers<void>();
    const { url, server } = await startSite(async (address) => {
      if (address !== '/') seen.resolve();
    });
    const cli = startCli(['crawl', '--spider=events', `--url=${url}`], environment);
    await seen.promise;
    cli.process.kill('SIGINT');
    const result = await cli.ended;
    server.close();
    expect(result.stderr).toContain('Stopping after the pages in flight.');
    expect(result.stdout).toContain('stopped in');
    expect(result.code).toBe(3);
  });

  test('ends at once at the second signal', async () => {
    const asked = Promise.withResolvers<void>();
    const { url, server } = await startSite(() => {
      asked.resolve();
      return new Promise(() => {});
    });
    const cli = startCli(['crawl', '--spider=places', `--url=${url}`], environment);
    await asked.promise;
    const warned = new Promise<void>((resolve) => cli.process.stderr?.once('data', () => resolve()));
    cli.process.kill('SIGTERM');
    await warned;
    cli.process.kill('SIGTERM');
    expect((await cli.ended).code).toBe(143);
    server.close();
    server.closeAllConnections();
  });
});
