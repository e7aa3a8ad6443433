import { describe, expect, test } from 'vitest';
import type { Pipeline } from '../../src/crawl/pipeline.ts';
import { TestProgram } from '../helpers/test-program.ts';
import { waitFor } from '../helpers/wait-for.ts';
import { eventPage } from './helpers/event-page.ts';
import { TestSite } from './helpers/test-site.ts';
import { testSource } from './helpers/test-source.ts';
import { useCrawls } from './helpers/use-crawls.ts';

const crawls = useCrawls();
const childFile = '../crawl/helpers/crawl-child.ts';

/** A site that stops answering after so many pages, until it is told to go on. */
async function stallingSite(pages: number, answered: number) {
  const stall = Promise.withResolvers<void>();
  let asked = 0;
  const names = Array.from({ length: pages }, (_, index) => `page ${String(index).padStart(3, '0')}`);
  const site = await TestSite.start({
    '/': eventPage(
      'start',
      names.map((_, index) => `/${index}`),
    ),
  });
  for (const [index, name] of names.entries()) {
    site.routes.set(`/${index}`, async () => {
      asked++;
      if (asked > answered) await stall.promise;
      return eventPage(name);
    });
  }
  return { site, names: [...names, 'start'], goOn: stall.resolve };
}

async function writtenCount(): Promise<number> {
  return (await crawls.writtenNames()).length;
}

async function noLockIsLeft(): Promise<boolean> {
  const locks = await crawls.select("SELECT FROM pg_locks WHERE locktype = 'advisory'");
  return locks.length === 0;
}

describe('a crawl that was killed in the middle', () => {
  test('goes on where it was: no page is lost, none is written twice', async () => {
    const { site, names, goOn } = await stallingSite(200, 80);
    await using _site = site;
    const child = new TestProgram(childFile, { parameters: [crawls.database.url, site.url('/')] });
    await waitFor('81 items of the child', async () => (await writtenCount()) === 81);
    await child.kill();
    await waitFor('the end of the lock', noLockIsLeft);
    goOn();

    const before = site.pageVisits.length;
    const result = await crawls.crawl({ source: testSource(site.url('/')) });

    expect(result).toMatchObject({ state: 'finished', resumed: true, pages: 201, created: 201, failed: 0 });
    expect(await crawls.writtenNames()).toEqual(names);
    expect(site.pageVisits.length - before).toBe(120);
    expect(await crawls.select("SELECT state, details ->> 'resumed' AS resumed FROM runs")).toEqual([
      { state: 'finished', resumed: '1' },
    ]);
  });

  test('is begun anew when the source has other start pages now', async () => {
    const { site, goOn } = await stallingSite(20, 5);
    await using _site = site;
    const child = new TestProgram(childFile, { parameters: [crawls.database.url, site.url('/')] });
    await waitFor('6 items of the child', async () => (await writtenCount()) === 6);
    await child.kill();
    await waitFor('the end of the lock', noLockIsLeft);
    goOn();

    const result = await crawls.crawl({ source: testSource(site.url('/3')) });
    expect(result).toMatchObject({ state: 'finished', resumed: false, pages: 1 });
    expect(await crawls.select('SELECT state FROM runs ORDER BY id')).toEqual([
      { state: 'failed' },
      { state: 'finished' },
    ]);
  });

  test('is not resumed by a dry run, which would mark pages as done without writing them', async () => {
    const { site, goOn } = await stallingSite(20, 5);
    await using _site = site;
    const child = new TestProgram(childFile, { parameters: [crawls.database.url, site.url('/')] });
    await waitFor('6 items of the child', async () => (await writtenCount()) === 6);
    await child.kill();
    await waitFor('the end of the lock', noLockIsLeft);
    goOn();

    const source = testSource(site.url('/'));
    expect(await crawls.crawl({ source, dryRun: true })).toMatchObject({ resumed: false, pages: 21 });
    expect(await crawls.crawl({ source })).toMatchObject({ resumed: true, pages: 21 });
    expect(await writtenCount()).toBe(21);
  });
});

describe('a crawl whose process gets SIGINT', () => {
  test('finishes the pages in flight and ends as stopped', async () => {
    const { site, goOn } = await stallingSite(400, 20);
    await using _site = site;
    const child = new TestProgram(childFile, { parameters: [crawls.database.url, site.url('/')] });
    await waitFor('21 items of the child', async () => (await writtenCount()) === 21);
    child.process.kill('SIGINT');
    goOn();
    expect(await child.answer()).toBe('stopped');
    expect(await child.finish()).toBe(0);
    expect(await writtenCount()).toBe(site.pageVisits.length);
  });
});

describe('a crawl whose lock is lost', () => {
  test('ends with an error, because another process may have the source now', async () => {
    await using site = await TestSite.start({
      '/': async () => {
        await crawls.select("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'");
        await waitFor('the end of the lock', noLockIsLeft);
        return eventPage('start', ['/a']);
      },
      '/a': eventPage('a'),
    });
    await expect(crawls.crawl({ source: testSource(site.url('/')) })).rejects.toThrow(/terminat/);
    expect(await crawls.select('SELECT state FROM runs')).toEqual([{ state: 'failed' }]);
    expect(site.pageVisits).not.toContain('/a');
  });
});

describe('a crawl whose database goes away', () => {
  test('ends with an error, and does not blame the page that was being written', async () => {
    await using site = await TestSite.start({ '/': eventPage('start') });
    const pipeline: Pipeline = {
      itemKind: 'event',
      async write(_, { transaction }) {
        await crawls.database.sequelize.query('SELECT pg_terminate_backend(pg_backend_pid())', {
          transaction,
        });
        throw new Error('The connection was not cut.');
      },
    };
    const source = testSource(site.url('/'));
    await expect(crawls.crawl({ source, pipeline })).rejects.toThrow('the database does not work any more');
    expect(await crawls.select('SELECT state, failed FROM runs')).toEqual([{ state: 'failed', failed: 0 }]);
    expect(await crawls.crawl({ source })).toMatchObject({ state: 'finished', pages: 1 });
  });
});
