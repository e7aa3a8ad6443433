import { afterAll, describe, expect, test } from 'vitest';
import { CrawlStopped } from '../../src/crawl/errors.ts';
import { HttpClient } from '../../src/crawl/http-client.ts';
import { defaultRetryLimits, type RetryLimits, RetryPolicy } from '../../src/crawl/retry-policy.ts';
import { Robots } from '../../src/crawl/robots.ts';
import { AllowedHosts } from '../../src/crawl/source.ts';
import { type Answer, TestSite } from './helpers/test-site.ts';

const client = new HttpClient();
afterAll(() => client.close());

function robotsOf(site: TestSite, limits: Partial<RetryLimits> = {}): Robots {
  return new Robots(
    client,
    new AllowedHosts({ startUrls: [site.url('/')], allowedHosts: [] }),
    new RetryPolicy({ ...defaultRetryLimits, ...limits }),
  );
}

describe('Robots', () => {
  test('reads the group of the crawler, its delay and the sitemaps', async () => {
    await using site = await TestSite.start({
      '/robots.txt': {
        body: 'User-agent: *\nDisallow: /\n\nUser-agent: Hotspots\nDisallow: /a*b$\nAllow: /a1b$\nCrawl-delay: 7\nSitemap: /maps/one.xml',
      },
    });
    const rules = await robotsOf(site).rulesFor(new URL(site.url('/x')));
    expect(rules.isAllowed(site.url('/'))).toBe(true);
    expect(rules.isAllowed(site.url('/a2b'))).toBe(false);
    expect(rules.isAllowed(site.url('/a2bc'))).toBe(true);
    expect(rules.isAllowed(site.url('/a1b'))).toBe(true);
    expect(rules.crawlDelay).toBe(7);
    expect(rules.sitemaps).toEqual([site.url('/maps/one.xml')]);
  });

  test('asks each host once', async () => {
    await using site = await TestSite.start();
    const robots = robotsOf(site);
    await Promise.all(['/a', '/b', '/c'].map((path) => robots.rulesFor(new URL(site.url(path)))));
    expect(site.visits).toHaveLength(1);
  });

  test.each<[string, Answer]>([
    ['404', { status: 404 }],
    ['403 with rules in it', { status: 403, body: 'User-agent: *\nDisallow: /' }],
    ['a redirect to nowhere', { status: 302 }],
    ['a redirect to another host', { status: 302, headers: { location: 'http://other.example/robots.txt' } }],
    ['a redirect to itself', { status: 302, headers: { location: '/robots.txt' } }],
    ['an empty file', { body: '' }],
  ])('allows everything after %s', async (_, answer) => {
    await using site = await TestSite.start({ '/robots.txt': answer });
    const rules = await robotsOf(site).rulesFor(new URL(site.url('/')));
    expect(rules.isAllowed(site.url('/x'))).toBe(true);
  });

  test('follows redirects within the source', async () => {
    await using site = await TestSite.start({
      '/robots.txt': { status: 301, headers: { location: '/real.txt' } },
      '/real.txt': { body: 'User-agent: *\nDisallow: /x' },
    });
    const rules = await robotsOf(site).rulesFor(new URL(site.url('/')));
    expect(rules.isAllowed(site.url('/x'))).toBe(false);
  });

  test.each([500, 429])('allows nothing after %d, three times', async (status) => {
    await using site = await TestSite.start({ '/robots.txt': { status } });
    const robots = robotsOf(site);
    await expect(robots.rulesFor(new URL(site.url('/')))).rejects.toMatchObject({
      retry: false,
      statusCode: status,
    });
    await expect(robots.rulesFor(new URL(site.url('/')))).rejects.toMatchObject({ retry: false });
    expect(site.visits).toHaveLength(3);
  });

  test('goes on when the host recovers in time', async () => {
    let asked = 0;
    await using site = await TestSite.start({
      '/robots.txt': () => {
        asked++;
        return asked === 1 ? { status: 503 } : { body: '' };
      },
    });
    const rules = await robotsOf(site).rulesFor(new URL(site.url('/')));
    expect(rules.isAllowed(site.url('/'))).toBe(true);
  });

  test.each([429, 503])(
    'is asked for again after the time that a %d gives in Retry-After',
    async (status) => {
      await using site = await TestSite.start({
        '/robots.txt': () =>
          site.visits.length === 1 ? { status, headers: { 'retry-after': '1' } } : { body: '' },
      });
      await robotsOf(site).rulesFor(new URL(site.url('/')));
      const [first, second] = site.visits.map(({ at }) => at);
      // Without Retry-After it is asked for again after half a second.
      expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(950);
    },
  );

  test('is not waited for longer than the source allows', async () => {
    await using site = await TestSite.start({
      '/robots.txt': () =>
        site.visits.length === 1 ? { status: 503, headers: { 'retry-after': '86400' } } : { body: '' },
    });
    await robotsOf(site, { maxRetryAfter: 0.1 }).rulesFor(new URL(site.url('/')));
    expect(site.visits).toHaveLength(2);
  });

  test('is not waited for after a stop', async () => {
    const robots: Robots[] = [];
    await using site = await TestSite.start({
      '/robots.txt': () => {
        setImmediate(() => robots[0]?.stop());
        return { status: 503, headers: { 'retry-after': '86400' } };
      },
    });
    robots.push(robotsOf(site));
    await expect(robots[0]?.rulesFor(new URL(site.url('/')))).rejects.toThrow(CrawlStopped);
    await expect(robots[0]?.rulesFor(new URL('http://localhost:1/'))).rejects.toThrow(CrawlStopped);
  });

  test('ignores what comes after 500 KiB', async () => {
    const long = `User-agent: *\nDisallow: /early\n${`# ${'x'.repeat(1000)}\n`.repeat(600)}Disallow: /late`;
    await using site = await TestSite.start({ '/robots.txt': { body: long } });
    const rules = await robotsOf(site).rulesFor(new URL(site.url('/')));
    expect(rules.isAllowed(site.url('/early'))).toBe(false);
    expect(rules.isAllowed(site.url('/late'))).toBe(true);
  });
});
