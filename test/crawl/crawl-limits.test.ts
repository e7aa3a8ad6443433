import { describe, expect, test } from 'vitest';
import { eventPage } from './helpers/event-page.ts';
import { TestSite } from './helpers/test-site.ts';
import { testSource } from './helpers/test-source.ts';
import { useCrawls } from './helpers/use-crawls.ts';

const crawls = useCrawls();

const range = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('the limit of pages', () => {
  test('is kept exactly, and reported once', async () => {
    const paths = range(40).map((index) => `/p${index}`);
    await using site = await TestSite.start({
      '/': eventPage('start', paths.slice(0, 20)),
      ...Object.fromEntries(paths.map((path) => [path, eventPage(path, paths)])),
    });
    const result = await crawls.crawl({ source: testSource(site.url('/'), { limits: { pages: 25 } }) });
    expect(result).toMatchObject({ state: 'finished', pages: 25, skipped: 0 });
    expect(result.skips).toEqual([{ reason: 'the limit of 25 pages was reached', count: 1 }]);
    expect(site.pageVisits).toHaveLength(25);
  });

  test('may be lowered for one crawl', async () => {
    await using site = await TestSite.start({
      '/': eventPage('start', ['/a', '/b', '/c']),
      '/a': eventPage('a'),
    });
    const result = await crawls.crawl({ source: testSource(site.url('/')), limit: 2 });
    expect(result).toMatchObject({ pages: 2 });
    expect(site.pageVisits).toEqual(['/', '/a']);
  });

  test('is not reported when everything fits', async () => {
    await using site = await TestSite.start({
      '/': eventPage('start', ['/a', '/']),
      '/a': eventPage('a', ['/']),
    });
    const result = await crawls.crawl({ source: testSource(site.url('/')), limit: 2 });
    expect(result.skips).toEqual([]);
  });
});

describe('a large site', () => {
  test('is read completely, also beyond what is held in memory at a time', async () => {
    const paths = range(1_200).map((index) => `/p${index}`);
    await using site = await TestSite.start({
      '/': eventPage('start', paths),
      ...Object.fromEntries(paths.map((path) => [path, eventPage(path)])),
    });
    const limits = { pages: 5_000, concurrency: 32 };
    const result = await crawls.crawl({ source: testSource(site.url('/'), { limits }) });
    expect(result).toMatchObject({ state: 'finished', pages: 1_201, created: 1_201 });
    expect(new Set(await crawls.writtenNames()).size).toBe(1_201);
  });
});

describe('the limit of depth', () => {
  test('ends the way down, but not the way along a list', async () => {
    const next = (to: string) => `" rel="next" title="${to}`;
    await using site = await TestSite.start({
      '/': eventPage('list 1', [`/list-2${next('2')}`, '/deep-1']),
      '/list-2': eventPage('list 2', [`/list-3${next('3')}`]),
      '/list-3': eventPage('list 3', []),
      '/deep-1': eventPage('deep 1', ['/deep-2']),
      '/deep-2': eventPage('deep 2', ['/deep-3']),
    });
    await crawls.crawl({ source: testSource(site.url('/'), { limits: { depth: 1 } }) });
    expect(await crawls.writtenNames()).toEqual(['deep 1', 'list 1', 'list 2', 'list 3']);
  });
});

describe('hosts', () => {
  test('that the source does not name are not visited', async () => {
    await using other = await TestSite.start({ '/': eventPage('other') });
    await using site = await TestSite.start({ '/': eventPage('start', [other.url('/')]) });
    const result = await crawls.crawl({ source: testSource(site.url('/')) });
    expect(result).toMatchObject({ pages: 1, skipped: 0 });
    expect(other.visits).toEqual([]);
  });

  test('that the source names are', async () => {
    await using other = await TestSite.start({ '/': eventPage('other') });
    await using site = await TestSite.start({ '/': eventPage('start', [other.url('/')]) });
    await crawls.crawl({
      source: testSource(site.url('/'), { allowedHosts: [new URL(other.origin).host] }),
    });
    expect(await crawls.writtenNames()).toEqual(['other', 'start']);
  });

  test('are connected to where the caller says', async () => {
    await using site = await TestSite.start({
      '/': eventPage('start', ['http://www.city.example/a']),
      '/a': eventPage('a'),
    });
    const place = { host: '127.0.0.1', port: site.port };
    const result = await crawls.crawl({
      source: testSource('http://city.example/'),
      hostOverrides: { 'city.example': place, 'www.city.example': place },
    });
    expect(result.failures).toEqual([]);
    expect(await crawls.select('SELECT url FROM written_items ORDER BY url')).toEqual([
      { url: 'http://city.example/' },
      { url: 'http://www.city.example/a' },
    ]);
  });
});

describe('sitemaps', () => {
  const sitemap = (urls: readonly string[]) => ({
    headers: { 'content-type': 'application/xml' },
    body: `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${urls.map((url) => `<url><loc>${url}</loc></url>`).join('')}</urlset>`,
  });

  test('that robots.txt names are read, with those they name, within the limits', async () => {
    await using site = await TestSite.start({
      '/': eventPage('start'),
      '/a': eventPage('a'),
      '/b': eventPage('b'),
    });
    site.routes.set('/robots.txt', { body: `Sitemap: ${site.url('/index.xml')}` });
    site.routes.set('/index.xml', {
      headers: { 'content-type': 'text/xml' },
      body: `<sitemapindex><sitemap><loc>${site.url('/pages.xml')}</loc></sitemap></sitemapindex>`,
    });
    site.routes.set('/pages.xml', sitemap([site.url('/a'), site.url('/b'), 'http://elsewhere.example/c']));
    const result = await crawls.crawl({ source: testSource(site.url('/')) });
    expect(result).toMatchObject({ pages: 3, failed: 0, skipped: 0 });
    expect(await crawls.writtenNames()).toEqual(['a', 'b', 'start']);
  });

  test('are looked for at the usual place, and are not missed', async () => {
    await using site = await TestSite.start({ '/': eventPage('start'), '/a': eventPage('a') });
    const source = testSource(site.url('/'));
    expect(await crawls.crawl({ source })).toMatchObject({ pages: 1, failed: 0, skipped: 0 });
    site.routes.set('/sitemap.xml', sitemap([site.url('/a')]));
    expect(await crawls.crawl({ source })).toMatchObject({ pages: 2, failed: 0 });
  });

  test('are not asked for when nothing below the start pages is wanted', async () => {
    await using site = await TestSite.start({ '/': eventPage('start', ['/a']) });
    await crawls.crawl({ source: testSource(site.url('/'), { limits: { depth: 0 } }) });
    expect(site.visits.map(({ path }) => path)).toEqual(['/robots.txt', '/']);
  });
});
