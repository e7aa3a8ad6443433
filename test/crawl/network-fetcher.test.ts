import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { eventPage } from './helpers/event-page.ts';
import { TestSite } from './helpers/test-site.ts';
import { testSource } from './helpers/test-source.ts';
import { useCrawls } from './helpers/use-crawls.ts';

const crawls = useCrawls();

describe('robots.txt', () => {
  test('keeps the crawler out of what it disallows', async () => {
    await using site = await TestSite.start({
      '/robots.txt': { body: 'User-agent: *\nDisallow: /private' },
      '/': eventPage('start', ['/private/a', '/private/b', '/open']),
      '/open': eventPage('open'),
    });
    const result = await crawls.crawl({ source: testSource(site.url('/')) });
    expect(result).toMatchObject({ pages: 2, skipped: 2, failed: 0 });
    expect(result.skips).toEqual([{ reason: 'robots.txt disallows it', count: 2 }]);
    expect(site.pageVisits).toEqual(['/', '/open']);
  });

  test('is not asked for by a source that does not respect it', async () => {
    await using site = await TestSite.start({
      '/robots.txt': { body: 'User-agent: *\nDisallow: /' },
      '/': eventPage('start'),
    });
    await crawls.crawl({ source: testSource(site.url('/'), { respectRobotsTxt: false }) });
    expect(site.visits.map(({ path }) => path)).not.toContain('/robots.txt');
    expect(await crawls.writtenNames()).toEqual(['start']);
  });

  test('that cannot be had closes the host', async () => {
    await using site = await TestSite.start({ '/robots.txt': { status: 503 }, '/': eventPage('start') });
    const result = await crawls.crawl({ source: testSource(site.url('/')) });
    expect(result.state).toBe('failed');
    expect(result.failures[0]?.error).toMatch(/robots\.txt answered with status 503/);
    expect(site.pageVisits).toEqual([]);
  });

  test('sets the pace with Crawl-delay', async () => {
    await using site = await TestSite.start({
      '/robots.txt': { body: 'User-agent: hotspots\nCrawl-delay: 0.4' },
      '/': eventPage('start', ['/a', '/b']),
      '/a': eventPage('a'),
      '/b': eventPage('b'),
    });
    await crawls.crawl({ source: testSource(site.url('/')) });
    const times = site.visits.filter(({ path }) => path !== '/robots.txt').map(({ at }) => at);
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(gaps.length).toBeGreaterThanOrEqual(2);
    for (const gap of gaps) expect(gap).toBeGreaterThan(350);
  });
});

describe('an answer', () => {
  test('with Retry-After is asked for again after that time', async () => {
    let asked = 0;
    await using site = await TestSite.start({
      '/': () => {
        asked++;
        return asked === 1 ? { status: 429, headers: { 'retry-after': '2' } } : eventPage('start');
      },
    });
    const result = await crawls.crawl({ source: testSource(site.url('/')) });
    const [first, second] = site.visits.filter(({ path }) => path === '/').map(({ at }) => at);
    expect(result).toMatchObject({ state: 'finished', pages: 1, failed: 0 });
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(1_950);
  });

  test('with a rate limit that resets is asked for again after that time', async () => {
    let asked = 0;
    await using site = await TestSite.start({
      '/': () => {
        asked++;
        return asked === 1 ? { status: 429, headers: { 'ratelimit-reset': '2' } } : eventPage('start');
      },
    });
    const result = await crawls.crawl({ source: testSource(site.url('/')) });
    const [first, second] = site.visits.filter(({ path }) => path === '/').map(({ at }) => at);
    expect(result).toMatchObject({ state: 'finished', pages: 1, failed: 0 });
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(1_950);
  });

  test('is asked for again as often and as soon as the source says', async () => {
    await using site = await TestSite.start({
      '/': eventPage('start', ['/broken', '/busy']),
      '/broken': { status: 500 },
      '/busy': () =>
        site.pageVisits.filter((path) => path === '/busy').length === 1
          ? { status: 503, headers: { 'retry-after': '600' } }
          : eventPage('busy'),
    });
    const limits = { retries: 1, retryDelay: 0, maxRetryAfter: 0.1 };
    const result = await crawls.crawl({ source: testSource(site.url('/'), { limits }) });
    expect(result).toMatchObject({ state: 'finished', pages: 2, failed: 1 });
    expect(site.pageVisits.filter((path) => path === '/broken')).toHaveLength(2);
    expect(await crawls.writtenNames()).toEqual(['busy', 'start']);
  });

  test('of a source without retries is final', async () => {
    await using site = await TestSite.start({ '/': eventPage('start', ['/x']), '/x': { status: 503 } });
    await crawls.crawl({ source: testSource(site.url('/'), { limits: { retries: 0 } }) });
    expect(site.pageVisits).toEqual(['/', '/x']);
  });

  test('of a broken server is asked for three times more, then given up', async () => {
    await using site = await TestSite.start({
      '/': eventPage('start', ['/broken']),
      '/broken': { status: 500 },
    });
    const result = await crawls.crawl({ source: testSource(site.url('/')) });
    expect(result.failures).toEqual([
      { url: site.url('/broken'), error: 'The server answered with status 500.' },
    ]);
    expect(site.pageVisits.filter((path) => path === '/broken')).toHaveLength(4);
    expect(await crawls.select('SELECT state, status_code FROM crawl_requests')).toEqual([
      { state: 'failed', status_code: 500 },
    ]);
  });

  test('that the page is gone is not asked for again', async () => {
    await using site = await TestSite.start({ '/': eventPage('start', ['/gone']), '/gone': { status: 410 } });
    expect(await crawls.crawl({ source: testSource(site.url('/')) })).toMatchObject({ failed: 1, pages: 1 });
    expect(site.pageVisits).toEqual(['/', '/gone']);
  });

  test('that is no text is skipped', async () => {
    await using site = await TestSite.start({
      '/': eventPage('start', ['/image']),
      '/image': { headers: { 'content-type': 'image/png' }, body: 'x'.repeat(1000) },
    });
    const result = await crawls.crawl({ source: testSource(site.url('/')) });
    expect(result.skips).toEqual([{ reason: 'its content type (image/png) is not read', count: 1 }]);
  });

  test('that is a gzip bomb fails, and nothing else', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    await using site = await TestSite.start({
      '/': eventPage('start', ['/bomb', '/a']),
      '/bomb': { headers: { 'content-encoding': 'gzip' }, body: bomb },
      '/a': eventPage('a'),
    });
    const result = await crawls.crawl({ source: testSource(site.url('/')) });
    expect(result.failures).toEqual([
      { url: site.url('/bomb'), error: 'The body has more than 20971520 bytes.' },
    ]);
    expect(await crawls.writtenNames()).toEqual(['a', 'start']);
  });
});

describe('a redirect', () => {
  const to = (location: string) => ({ status: 302, headers: { location } });

  test('within the site gives the page its final address', async () => {
    await using site = await TestSite.start({
      '/': to('/moved'),
      '/moved': to('/final?utm_source=x'),
      '/final?utm_source=x': eventPage('final', ['/final']),
    });
    await crawls.crawl({ source: testSource(site.url('/')) });
    expect(await crawls.select('SELECT url FROM written_items')).toEqual([
      { url: site.url('/final?utm_source=x') },
    ]);
    expect(site.pageVisits).toEqual(['/', '/moved', '/final?utm_source=x']);
  });

  test('to another host is refused', async () => {
    await using other = await TestSite.start({ '/': eventPage('other') });
    await using site = await TestSite.start({
      '/': eventPage('start', ['/out']),
      '/out': to(other.url('/')),
    });
    const result = await crawls.crawl({ source: testSource(site.url('/')) });
    expect(result.skips).toEqual([
      { reason: 'it redirects to a host that the source may not be read from', count: 1 },
    ]);
    expect(other.visits).toEqual([]);
  });

  test('to something else than the web is refused', async () => {
    await using site = await TestSite.start({
      '/': eventPage('start', ['/out']),
      '/out': to('file:///etc/passwd'),
    });
    expect(await crawls.crawl({ source: testSource(site.url('/')) })).toMatchObject({ skipped: 1 });
  });

  test('to a page of the same run does not read that page twice', async () => {
    await using site = await TestSite.start({
      '/': eventPage('start', ['/a', '/b']),
      '/a': eventPage('a'),
      '/b': to('/a'),
    });
    expect(await crawls.crawl({ source: testSource(site.url('/')) })).toMatchObject({ pages: 3, items: 2 });
    expect(await crawls.writtenNames()).toEqual(['a', 'start']);
  });

  test('without end is given up', async () => {
    await using site = await TestSite.start({ '/': eventPage('start', ['/loop']), '/loop': to('/loop') });
    const result = await crawls.crawl({ source: testSource(site.url('/')) });
    expect(result.failures).toEqual([{ url: site.url('/loop'), error: 'More than 10 redirects.' }]);
  });
});
