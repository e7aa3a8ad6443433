import { describe, expect, test } from 'vitest';
import { eventPage } from './helpers/event-page.ts';
import { linkSpider } from './helpers/link-spider.ts';
import { TestSite } from './helpers/test-site.ts';
import { testSource } from './helpers/test-source.ts';
import { useCrawls } from './helpers/use-crawls.ts';

const crawls = useCrawls();

/** A start page that links to so many event pages. */
function manyPages(count: number): Record<string, ReturnType<typeof eventPage>> {
  const paths = Array.from({ length: count }, (_, index) => `/event-${index}`);
  return {
    '/': eventPage('start', paths),
    ...Object.fromEntries(paths.map((path) => [path, eventPage(path)])),
  };
}

describe('a crawl of a site', () => {
  test('reads the start page and what it links to, each page once, and writes their items', async () => {
    await using site = await TestSite.start({
      '/': eventPage('start', ['/a', '/b', '/a?utm_source=x']),
      '/a': eventPage('a', ['/', '/b']),
      '/b': eventPage('b', ['/a#part']),
    });
    const result = await crawls.crawl({ source: testSource(site.url('/')) });

    expect(result.failures).toEqual([]);
    expect(result).toMatchObject({ state: 'finished', resumed: false, pages: 3, items: 3, created: 3 });
    expect(await crawls.writtenNames()).toEqual(['a', 'b', 'start']);
    expect(site.pageVisits.sort()).toEqual(['/', '/a', '/b']);
    expect(await crawls.select('SELECT id FROM crawl_requests')).toEqual([]);
    expect(await crawls.select('SELECT state, pages, requests, spider, source_name FROM runs')).toEqual([
      { state: 'finished', pages: 3, requests: 3, spider: 'links', source_name: 'test-site' },
    ]);
  });

  test('gives the run to the scraper and remembers how it was started', async () => {
    await using site = await TestSite.start({ '/': eventPage('start') });
    await crawls.crawl({ source: testSource(site.url('/')), limit: 7 });
    const [run] = await crawls.select<{ actor_email: string; details: object }>(
      'SELECT actor_email, details FROM runs JOIN users ON users.id = actor_id AND users.email = actor_email',
    );
    expect(run?.actor_email).toBe('scraper@vibemap.com');
    expect(run?.details).toMatchObject({ limit: 7, dryRun: false, jsonLdRepairs: { none: 1 } });
  });

  test('writes many pages with few transactions', async () => {
    await using site = await TestSite.start(manyPages(120));
    const result = await crawls.crawl({ source: testSource(site.url('/'), { limits: { concurrency: 32 } }) });
    const [row] = await crawls.select<{ batches: number }>(
      'SELECT count(DISTINCT batch)::int AS batches FROM written_items',
    );
    expect(result.created).toBe(121);
    expect(row?.batches).toBeLessThan(60);
  });

  test('reports its progress, which never goes back and ends with the result', async () => {
    await using site = await TestSite.start(manyPages(50));
    const seen: number[] = [];
    const result = await crawls.crawl({
      source: testSource(site.url('/')),
      onProgress: ({ pages }) => seen.push(pages),
    });
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.at(-1)).toBe(51);
    expect(result.pages).toBe(51);
  });

  test('records a page that cannot be written as failed, and writes all others', async () => {
    const routes = manyPages(30);
    routes['/event-7'] = eventPage('poison');
    await using site = await TestSite.start(routes);
    const result = await crawls.crawl({ source: testSource(site.url('/')) });

    expect(result).toMatchObject({ state: 'finished', pages: 30, created: 30, failed: 1 });
    expect(result.failures).toEqual([
      { url: site.url('/event-7'), error: expect.stringContaining('division by zero') },
    ]);
    expect(await crawls.writtenNames()).toHaveLength(30);
    expect(await crawls.select('SELECT url, state FROM crawl_requests')).toEqual([
      { url: site.url('/event-7'), state: 'failed' },
    ]);
  });

  test('records a page at which the spider breaks as failed, without reading it again', async () => {
    await using site = await TestSite.start({ '/': eventPage('start', ['/a']), '/a': eventPage('a') });
    const spider = {
      ...linkSpider,
      follow: (...[page, visit]: Parameters<typeof linkSpider.follow>) => {
        if (visit.depth === 1) throw new TypeError('a mistake in the spider');
        return linkSpider.follow(page, visit);
      },
    };
    const result = await crawls.crawl({ source: testSource(site.url('/')), spider });
    expect(result.failures).toEqual([{ url: site.url('/a'), error: 'a mistake in the spider' }]);
    expect(site.pageVisits).toEqual(['/', '/a']);
  });

  test('groups why items were refused', async () => {
    await using site = await TestSite.start({
      '/': eventPage('start', ['/a', '/b']),
      '/a': eventPage('bad one'),
      '/b': eventPage('bad two'),
    });
    const result = await crawls.crawl({ source: testSource(site.url('/')) });
    expect(result).toMatchObject({ created: 1, rejected: 2 });
    expect(result.rejections).toEqual([
      { code: 'bad', field: 'name', message: 'The name begins with "bad".', count: 2, sampleUrl: 'bad one' },
    ]);
  });

  test('fails as a whole when no start page could be read', async () => {
    await using site = await TestSite.start();
    const result = await crawls.crawl({ source: testSource(site.url('/gone')) });
    expect(result).toMatchObject({ state: 'failed', pages: 0, failed: 1 });
    expect(await crawls.select('SELECT state, error FROM runs')).toEqual([
      { state: 'failed', error: 'No start page could be read: The server answered with status 404.' },
    ]);
  });
});

describe('a dry run', () => {
  test('counts what a real one would do, and leaves nothing written but its own run', async () => {
    await using site = await TestSite.start({
      '/': eventPage('start', ['/a', '/b']),
      '/a': eventPage('a', ['/b']),
      '/b': eventPage('bad one'),
    });
    const result = await crawls.crawl({ source: testSource(site.url('/')), dryRun: true });
    expect(result).toMatchObject({ state: 'finished', pages: 3, created: 2, rejected: 1 });
    expect(result.rejections).toMatchObject([{ code: 'bad', count: 1, sampleUrl: 'bad one' }]);
    expect(await crawls.writtenNames()).toEqual([]);
    expect(await crawls.select('SELECT id FROM rejected_items')).toEqual([]);
    expect(await crawls.select('SELECT state FROM runs')).toEqual([{ state: 'finished' }]);
  });
});

describe('one source', () => {
  test('is not crawled twice at the same time, and can be crawled again afterwards', async () => {
    const { promise: firstVisit, resolve: visited } = Promise.withResolvers<void>();
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    await using site = await TestSite.start({
      '/': async () => {
        visited();
        await released;
        return eventPage('start');
      },
    });
    const source = testSource(site.url('/'));
    const first = crawls.crawl({ source });
    await firstVisit;
    await expect(crawls.crawl({ source })).rejects.toMatchObject({ code: 'CRAWL_ALREADY_RUNNING' });
    release();
    expect(await first).toMatchObject({ state: 'finished', pages: 1 });
    expect(await crawls.crawl({ source })).toMatchObject({ state: 'finished', resumed: false, pages: 1 });
  });

  test('does not hold up a crawl of another source in the same process', async () => {
    await using site = await TestSite.start({ '/a': eventPage('a'), '/b': eventPage('b') });
    const results = await Promise.all([
      crawls.crawl({ source: testSource(site.url('/a'), { name: 'site-a' }) }),
      crawls.crawl({ source: testSource(site.url('/b'), { name: 'site-b' }) }),
    ]);
    expect(results.map(({ pages }) => pages)).toEqual([1, 1]);
    expect(await crawls.writtenNames()).toEqual(['a', 'b']);
  });
});

describe('a stop', () => {
  test('commits the pages in flight, starts no others, and is not resumed', async () => {
    const controller = new AbortController();
    await using site = await TestSite.start({
      ...manyPages(40),
      '/event-0': () => {
        controller.abort();
        return eventPage('last');
      },
    });
    const source = testSource(site.url('/'), { limits: { concurrency: 1 } });
    const stopped = await crawls.crawl({ source, signal: controller.signal });

    expect(stopped.state).toBe('stopped');
    expect(await crawls.writtenNames()).toEqual(['last', 'start']);
    expect(site.pageVisits).toEqual(['/', '/event-0']);
    expect(await crawls.select('SELECT state FROM runs WHERE finished_at IS NOT NULL')).toEqual([
      { state: 'stopped' },
    ]);
    expect(await crawls.crawl({ source, limit: 1 })).toMatchObject({ resumed: false, pages: 1 });
  });

  test('does not wait for a host that asked for a pause', async () => {
    const controller = new AbortController();
    await using site = await TestSite.start({
      '/': eventPage('start', ['/a', '/b']),
      // With one connection, /b waits for its turn when this comes.
      '/a': () => {
        controller.abort();
        return { status: 429, headers: { 'retry-after': '60' } };
      },
      '/b': eventPage('b'),
    });
    const source = testSource(site.url('/'), { limits: { concurrency: 1 } });
    const result = await crawls.crawl({ source, signal: controller.signal });
    expect(result).toMatchObject({ state: 'stopped', pages: 1, failed: 0 });
    expect(result.elapsedMs).toBeLessThan(10_000);
    expect(site.pageVisits).toEqual(['/', '/a']);
  });

  test('that came before the start reads nothing', async () => {
    await using site = await TestSite.start({ '/': eventPage('start') });
    const result = await crawls.crawl({ source: testSource(site.url('/')), signal: AbortSignal.abort() });
    expect(result).toMatchObject({ state: 'stopped', pages: 0 });
    expect(site.pageVisits).toEqual([]);
  });
});
