import { describe, expect, test } from 'vitest';
import { withScraperActor } from '../../src/audit/actors.ts';
import { emptyOutcome } from '../../src/crawl/page.ts';
import { writePages } from '../../src/crawl/write-pages.ts';
import { testRun } from '../helpers/pipeline-runner.ts';
import { eventPage } from './helpers/event-page.ts';
import { tablePipeline } from './helpers/table-pipeline.ts';
import { type Answer, TestSite } from './helpers/test-site.ts';
import { testSource } from './helpers/test-source.ts';
import { useCrawls } from './helpers/use-crawls.ts';

const crawls = useCrawls();

describe('a crawl that reads no start page', () => {
  test.each<[string, Record<string, Answer>, string, RegExp]>([
    [
      'robots.txt forbids it',
      { '/robots.txt': { body: 'User-agent: *\nDisallow: /' } },
      '/',
      /robots.txt disallows/,
    ],
    [
      'it leads to another host',
      { '/': { status: 301, headers: { location: 'http://moved.example/' } } },
      '/',
      /redirects to a host/,
    ],
    ['its address is too long to be stored', {}, `/${'x'.repeat(3000)}`, /none that can be asked for/],
  ])('because %s has failed, with the reason', async (_, routes, start, reason) => {
    await using site = await TestSite.start({ '/': eventPage('start'), ...routes });
    const result = await crawls.crawl({ source: testSource(site.url(start)) });
    expect(result).toMatchObject({ state: 'failed', pages: 0 });
    const [run] = await crawls.select<{ error: string }>('SELECT error FROM runs');
    expect(run?.error).toMatch(reason);
  });
});

describe('a page that is not read wholly', () => {
  test('is read as far as it goes, and what is missing is told and kept with the run', async () => {
    const broken = '<script type="application/ld+json">%%%</script>';
    await using site = await TestSite.start({
      '/': { body: `${eventPage('start', ['/more']).body}${broken}` },
      '/more': { body: broken },
      '/robots.txt': { body: 'Sitemap: /map.xml' },
      '/map.xml': { body: 'nothing of the kind' },
    });
    const result = await crawls.crawl({ source: testSource(site.url('/')) });
    expect(result).toMatchObject({
      state: 'finished',
      items: 1,
      problems: [
        { code: 'json-ld-unreadable', count: 2, sampleUrl: site.url('/') },
        { code: 'sitemap-not-a-sitemap', count: 1, sampleUrl: site.url('/map.xml') },
      ],
    });
    const [run] = await crawls.select<{ details: object }>('SELECT details FROM runs');
    expect(run?.details).toMatchObject({ problems: result.problems });
  });
});

describe('two requests that were redirected to one page', () => {
  test('bring its items once when they are written together', async () => {
    const { sequelize } = crawls.database;
    const source = testSource('http://town.example/');
    const { id: runId } = await testRun(source);
    const redirectedTo = 'http://town.example/events';
    const item = {
      item: {
        kind: 'event' as const,
        syntax: 'json-ld' as const,
        thing: { '@type': ['Event'], name: 'fair' },
      },
      pageUrl: redirectedTo,
    };
    const outcomes = ['http://town.example/a', 'http://town.example/b'].map((url, index) => {
      const request = {
        id: String(index),
        url,
        uniqueKey: url,
        kind: 'page' as const,
        depth: 0,
        archiveRecord: null,
      };
      return { ...emptyOutcome(request, 'handled', null, 200), items: [item], redirectedTo };
    });
    const pipeline = tablePipeline(sequelize);
    const run = { sequelize, runId, source, pipeline, dryRun: false, pageLimit: 10 };
    await sequelize.transaction((transaction) =>
      withScraperActor(() => writePages(run, outcomes, transaction), { runId }),
    );
    expect(await crawls.writtenNames()).toEqual(['fair']);
  });
});
