import { describe, expect, test } from 'vitest';
import { eventsSpider } from '../../../crawlers/events.ts';
import { followLinks } from '../../../crawlers/generic/follow-links.ts';
import { placesSpider } from '../../../crawlers/places.ts';
import { type Source, sourceSchema } from '../../../src/crawl/source.ts';
import { readPage } from '../../../src/extract/read-page.ts';

const source: Source = sourceSchema.parse({
  name: 'town',
  spider: 'events',
  startUrls: ['https://town.example/'],
  allowedHosts: ['calendar.example'],
});

const visit = { url: 'https://town.example/list', depth: 0, source };

const wanted = { promising: /event/, wanted: 'event' as const };

function pageWith(body: string) {
  return readPage({ body: Buffer.from(body), contentType: 'text/html; charset=utf-8', url: visit.url });
}

function followed(body: string): string[] {
  return followLinks(pageWith(body), visit, wanted).map(({ url }) => url.replace('https://town.example', ''));
}

const anchors = (...addresses: string[]) => addresses.map((href) => `<a href="${href}">x</a>`).join('');

describe('followLinks', () => {
  test('puts further pages and calendars first, then promising addresses, then the rest, then nofollow', () => {
    const html =
      '<a href="/about">About</a><a rel="nofollow" href="/event/copy">Copy</a><a href="/event/1">One</a>' +
      '<a href="/feed.ics">Calendar</a><a href="/list?page=2">Next</a><a href="/event/2">Two</a>';
    expect(followed(html)).toEqual([
      '/list?page=2',
      '/feed.ics',
      '/event/1',
      '/event/2',
      '/about',
      '/event/copy',
    ]);
  });

  test('goes one deeper for a page, and not for the next page of a list or a calendar', () => {
    const html = '<a href="/a">A</a><a rel="next" href="/b">B</a><a href="/c.ics">C</a>';
    expect(followLinks(pageWith(html), visit, wanted)).toEqual([
      { url: 'https://town.example/b', kind: 'page', deeper: false },
      { url: 'https://town.example/c.ics', kind: 'page', deeper: false },
      { url: 'https://town.example/a', kind: 'page', deeper: true },
    ]);
  });

  test('leaves out other hosts, but not those that the source names', () => {
    const html = anchors('https://elsewhere.example/event', 'https://calendar.example/event', '/event');
    expect(followed(html)).toEqual(['https://calendar.example/event', '/event']);
  });

  test.each([
    '/poster.JPG',
    '/programme.pdf',
    '/app.js',
    '/login',
    '/wp-login.php',
    '/account/orders',
    '/shop/cart/',
    '/admin/events',
    '/events/print/5',
    '/event/5?share=facebook',
    '/event/5?replytocom=3',
    'mailto:a@town.example',
  ])('leaves out %s', (address) => {
    expect(followed(anchors(address))).toEqual([]);
  });

  test.each([
    '/events/login-to-linux-workshop',
    '/printmakers-fair',
    '/cartoon-night',
    '/users-group-meeting',
  ])('does not mistake %s for a form', (address) => {
    expect(followed(anchors(address))).toEqual([address]);
  });

  test('does not lead back to the page itself, and takes an address once', () => {
    expect(followed(anchors('/list', '/a', '/a#top'))).toEqual(['/a']);
  });

  test('takes at most 500 links, and a next page even when it comes last', () => {
    const html = `${anchors(...Array.from({ length: 900 }, (_, i) => `/x/${i}`))}<a rel="next" href="/list?page=2">more</a>`;
    const links = followed(html);
    expect(links).toHaveLength(500);
    expect(links[0]).toBe('/list?page=2');
  });

  test('reads an address that is not valid UTF-8 as it stands', () => {
    expect(followed(anchors('/a%ff', '/event%ff'))).toEqual(['/event%ff', '/a%ff']);
  });
});

describe('the generic spiders', () => {
  test('know their words in several languages and scripts', () => {
    const html = anchors('/impressionen', '/veranstaltungen/', '/イベント/1', '/lieux/salle-1', '/場所/2');
    const order = (spider: typeof eventsSpider) =>
      spider.follow(pageWith(html), visit).map(({ url }) => decodeURIComponent(new URL(url).pathname));
    expect(order(eventsSpider).slice(0, 2)).toEqual(['/veranstaltungen/', '/イベント/1']);
    expect(order(placesSpider).slice(0, 2)).toEqual(['/lieux/salle-1', '/場所/2']);
  });

  test('read calendars for events only', () => {
    const page = pageWith(anchors('/town.ics', '/a'));
    const addresses = (spider: typeof eventsSpider) =>
      spider.follow(page, visit).map(({ url }) => new URL(url).pathname);
    expect(addresses(eventsSpider)).toEqual(['/town.ics', '/a']);
    expect(addresses(placesSpider)).toEqual(['/a']);
  });
});
