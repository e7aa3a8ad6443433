import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { readPage } from '../../src/extract/read-page.ts';
import { cpuTimeOf } from '../helpers/cpu-time.ts';
import { corpusCases, corpusFile, hasCorpus } from './corpora.ts';

const url = 'https://example.org/events/list?page=1';

function read(body: string | Uint8Array, contentType: string | null = 'text/html; charset=utf-8') {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  return readPage({ body: bytes, contentType, url });
}

const names = (body: string | Uint8Array, contentType?: string | null) =>
  read(body, contentType).items.map(({ thing }) => thing.name);

const jsonLd = (name: string) =>
  `<script type="application/ld+json">{"@type":"Event","name":"${name}"}</script>`;
const microdata = (name: string) =>
  `<div itemscope itemtype="https://schema.org/Event"><b itemprop="name">${name}</b></div>`;

test('items of both syntaxes come in document order, with title and canonical address', () => {
  const content = read(
    `<html><head><title> All
      events </title><link rel="canonical" href="/events"></head>${microdata('a')}${jsonLd('b')}${microdata('c')}`,
  );
  expect(content.items.map(({ syntax, thing }) => `${syntax} ${thing.name}`)).toEqual([
    'microdata a',
    'json-ld b',
    'microdata c',
  ]);
  expect(content.title).toBe('All events');
  expect(content.canonicalUrl).toBe('https://example.org/events');
  expect(content.repairs).toEqual({ none: 1, cleaned: 0, repaired: 0, failed: 0 });
  expect(content.problems).toEqual([]);
});

test('JSON-LD is read from types with parameters and in capitals, and from a script without an end', () => {
  expect(
    names('<script type="application/LD+JSON; charset=utf-8">{"@type":"Event","name":"a"}</script>'),
  ).toEqual(['a']);
  expect(names('<script type="application/ld+json">{"@type":"Event","name":"a"}')).toEqual(['a']);
  expect(names('<script>{"@type":"Event","name":"a"}</script>')).toEqual([]);
  expect(names(`<!-- ${jsonLd('a')} -->`)).toEqual([]);
});

const links = (html: string) => read(html).links.map((link) => `${link.kind} ${link.url}`);

test('links are absolute, without fragments, each once, only to the web', () => {
  expect(
    links(`<a href="a">1</a><a href="/b#top">2</a><a href="b/../a#x">3</a><area href="c"><a href="#here">4</a><a>5</a>
      <a href="mailto:a@example.org">6</a><a href="javascript:void(0)">7</a><a href="http://[bad">8</a><a href="">9</a>`),
  ).toEqual([
    'anchor https://example.org/events/a',
    'anchor https://example.org/b',
    'anchor https://example.org/events/c',
  ]);
});

test('the first base counts for all links, relative or not', () => {
  expect(links('<a href="a">1</a><base href="/x/"><base href="/y/"><a href="b">2</a>')).toEqual([
    'anchor https://example.org/x/a',
    'anchor https://example.org/x/b',
  ]);
});

test.each([
  '<link rel="next" href="p2">',
  '<a rel="nofollow next" href="p2">2</a>',
  '<a href="p2">Next</a>',
  '<a href="p2"><span>Next</span>  page &raquo;</a>',
  '<a href="p2">›</a>',
  '<a href="p2" aria-label="Next Page"><svg></svg></a>',
  '<a href="p2">Older posts</a>',
  '<a href="p2">Weiter »</a>',
  '<a href="p2">more events…</a>',
])('%s leads to the next page', (html) => {
  expect(links(html)).toEqual(['next https://example.org/events/p2']);
});

test.each([
  '<a href="p2">Next to Normal</a>',
  '<a href="p2">Previous</a>',
  '<a href="p2">What’s next for us</a>',
])('%s is a plain link', (html) => {
  expect(links(html)).toEqual(['anchor https://example.org/events/p2']);
});

test('calendars are known by type, path, scheme and query, and webcal becomes https', () => {
  expect(
    links(`<a href="webcal://example.org/a">1</a><a href="b.ics?x=1">2</a><a href="c" type="text/calendar">3</a>
      <link rel="alternate" type="text/calendar" href="d"><a href="/events/?ical=1">5</a><a href="/graphics">6</a>`),
  ).toEqual([
    'feed https://example.org/a',
    'feed https://example.org/events/b.ics?x=1',
    'feed https://example.org/events/c',
    'feed https://example.org/events/d',
    'feed https://example.org/events/?ical=1',
    'anchor https://example.org/graphics',
  ]);
});

test('alternates are links, style sheets and icons are not', () => {
  expect(
    links(`<link rel="alternate" hreflang="de" href="/de"><link rel="stylesheet" href="a.css"><link rel="icon" href="i">
      <link rel="alternate stylesheet" href="b.css">`),
  ).toEqual(['alternate https://example.org/de']);
});

test('an address that is linked twice keeps what says more, and all of its rel', () => {
  expect(read('<a href="p2" rel="nofollow">2</a><a href="p2" rel="next">›</a>').links).toEqual([
    { url: 'https://example.org/events/p2', rel: ['nofollow', 'next'], kind: 'next', format: null },
  ]);
});

test('the encoding is the header’s, a byte order mark’s, a meta’s, or what the bytes are', () => {
  const latin = Buffer.from(jsonLd('Café'), 'latin1');
  const utf8 = Buffer.from(jsonLd('Café'));
  expect(names(latin, 'text/html; charset=iso-8859-1')).toEqual(['Café']);
  expect(names(Buffer.concat([Buffer.from('<meta charset=windows-1252>'), latin]), 'text/html')).toEqual([
    'Café',
  ]);
  expect(names(latin, 'text/html')).toEqual(['Café']);
  expect(names(utf8, 'text/html')).toEqual(['Café']);
  expect(names(Buffer.from(`\uFEFF${jsonLd('Café')}`, 'utf16le'), 'text/html; charset=utf-8')).toEqual([
    'Café',
  ]);
  expect(
    names(Buffer.concat([Buffer.from('<meta charset=shift_jis>'), Buffer.from(jsonLd('x'))]), 'text/html'),
  ).toEqual(['x']);
});

test('an encoding that cannot be decoded is a problem, not a crash', () => {
  const content = read(jsonLd('a'), 'text/html; charset=iso-2022-kr');
  expect(content.problems.map(({ code }) => code)).toEqual(['charset-unsupported']);
});

test('a calendar is known by its type or its first line', () => {
  const calendar = 'BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:a\nDTSTART:20260509\nEND:VEVENT\nEND:VCALENDAR';
  for (const type of ['text/calendar', 'text/plain', 'text/html', null])
    expect(names(calendar, type)).toEqual(['a']);
  expect(names(`\uFEFF\n${calendar}`, 'application/octet-stream')).toEqual(['a']);
  expect(names(`<html>${jsonLd('b')}`, 'text/calendar')).toEqual(['b']);
});

test('recurring events are laid around the moment that is given', () => {
  const body = new TextEncoder().encode(
    'BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20100101T100000Z\nRRULE:FREQ=YEARLY\nEND:VEVENT\nEND:VCALENDAR',
  );
  const { items } = readPage(
    { body, contentType: 'text/calendar', url },
    { now: Temporal.Instant.from('2019-12-20T00:00:00Z') },
  );
  expect(items.map(({ thing }) => thing.startDate)).toEqual(['2020-01-01T10:00:00Z', '2021-01-01T10:00:00Z']);
});

test('a JSON-LD document is read, other JSON is not', () => {
  expect(names('{"@type":"Event","name":"a"}', 'application/ld+json')).toEqual(['a']);
  expect(names('{"@type":"Event","name":"a"}', 'application/json')).toEqual([]);
  expect(names('{"@type":"Event","name":"a"}', null)).toEqual([]);
});

test('HTML without a content type is read, and XHTML as XML too', () => {
  expect(names(`<!doctype html>${jsonLd('a')}`, null)).toEqual(['a']);
  expect(
    names(
      `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">${jsonLd('a')}</html>`,
      'application/xml',
    ),
  ).toEqual(['a']);
});

test.each([
  ['nothing', ''],
  ['NUL bytes', '\0\0\0\0'],
  ['a PDF', `%PDF-1.7\n${jsonLd('a')}`],
  ['an image', '\x89PNG\r\n\x1a\n\0\0\0\rIHDR'],
])('%s gives nothing', (_what, text) => {
  const body = Buffer.from(text, 'latin1');
  for (const type of ['text/html', 'application/pdf', null]) {
    expect(read(body, type)).toMatchObject({ items: [], links: [], title: null, problems: [] });
  }
});

test('a stray NUL in a page is dropped', () => {
  expect(names(`<html>${' '.repeat(600)}${jsonLd('a\0b')}`)).toEqual(['ab']);
});

test('hostile markup is read in bounded time', () => {
  const pages = [
    '<div itemscope>'.repeat(60_000),
    '<a href=x>'.repeat(100_000),
    '<'.repeat(500_000),
    `<a ${'x=1 '.repeat(100_000)}>`,
    `<script type="application/ld+json">{"a":${'[1 2,'.repeat(50_000)}</script>`,
    `${microdata('a')}<b itemprop="x">`.repeat(20_000),
  ];
  for (const page of pages) {
    expect(cpuTimeOf(() => read(page))).toBeLessThan(3_000);
  }
});

test('too many items and links are cut, and said', () => {
  const content = read(
    `<script type="application/ld+json">[${'{"@type":"Event"},'.repeat(6_000)}{}]</script>`,
  );
  expect(content.items).toHaveLength(5_000);
  expect(content.problems.map(({ code }) => code)).toEqual(['too-many-items']);
  const many = read(Array.from({ length: 10_001 }, (_, index) => `<a href="${index}">x</a>`).join(''));
  expect(many.links).toHaveLength(10_000);
  expect(many.problems.map(({ code }) => code)).toEqual(['too-many-links']);
});

const corpus = 'events/city-scrapers';
const structuredCase = z.object({
  case: z.string(),
  structured: z.array(z.string()),
  pages: z.array(z.object({ file: z.string(), url: z.string(), contentType: z.string() })),
});

/** What each page says of its event, looked up on the page. */
const pagesTruth: Readonly<Record<string, readonly [name: string, start: string]>> = {
  chi_low_income_housing_trust_fund: ['Outreach Meeting', '2024-05-09T08:30:00[America/Chicago]'],
  chi_ssa_19: ['Howard Street SSA #19 Commissioners Meeting', '2019-11-20T08:30'],
  chi_ssa_25: ['November SSA Meeting 2019', '2019-11-19T09:00:00-06:00'],
  chi_ssa_43: ['Devon Avenues SSA #43 Commissioners Meeting', '2019-09-16T14:30'],
  // Written with an offset of zero, which the page's own "October 1 @ 7:00 pm" contradicts.
  chi_ssa_60: ['Economic Development Meeting', '2019-10-01T19:00:00'],
  cle_cpc: ['Police Discipline Work Group', '2024-02-01'],
  cook_housing: ['Housing Authority of Cook County Board Meeting', '2019-10-17T14:00:00-05:00'],
  cuya_archives_advisory: ['07/20/23 Archives Advisory Commission', '2023-07-20T10:00'],
  cuya_audit: ['Audit Committee - 12/14/23', '2023-12-14T09:30'],
  cuya_board_control: ['01/29/24 - Board of Control Meeting', '2024-01-29T11:00'],
  cuya_citizens_advisory_equity: ['12/11/23 - CACE meeting', '2023-12-11T15:00'],
  cuya_homeless_services: ['11/16/23 OHS Advisory Board', '2023-11-16T09:00'],
  cuya_investment_advisory_committee: ['Investment Advisory Committee Meeting - 1/25/24', '2024-01-25T10:00'],
  cuya_regional_data_sharing: ['REDSS Board Meeting - 10/19/23', '2023-10-19T13:00'],
  cuya_technical_advisory_committee: ['Technical Advisory Committee Meeting - 11/09/23', '2023-11-09T09:30'],
};

describe.skipIf(!hasCorpus(corpus))(
  'recorded pages of public bodies (skipped where the corpora are missing)',
  () => {
    const cases = hasCorpus(corpus)
      ? corpusCases(`${corpus}/structured.jsonl`, (value) => structuredCase.parse(value))
      : [];
    const readable = cases.filter(({ structured }) =>
      structured.some((kind) => ['microdata-event', 'json-ld-event', 'ics'].includes(kind)),
    );

    test.each(readable)('$case: the event has the page’s own name and start', ({ case: name, pages }) => {
      const events = pages.flatMap(({ file, url: address, contentType }) => {
        const { items } = readPage({ body: corpusFile(`${corpus}/${file}`), contentType, url: address });
        return items.filter(({ kind }) => kind === 'event').map(({ thing }) => [thing.name, thing.startDate]);
      });
      expect(events).toContainEqual(pagesTruth[name]);
    });

    test('all fifteen are there', () => {
      expect(readable.map((entry) => entry.case).toSorted()).toEqual(Object.keys(pagesTruth).toSorted());
    });
  },
);
