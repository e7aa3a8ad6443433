import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { GraphValue } from '../../src/extract/graph.ts';
import { mentionsItems, readMicrodata, readMicrodataNodes } from '../../src/extract/microdata.ts';
import { readPage } from '../../src/extract/read-page.ts';
import { scanPage } from '../../src/extract/scan-page.ts';
import { corpusCases, corpusFile, hasCorpus } from './corpora.ts';

describe('mentions items', () => {
  test.each([
    '<div itemscope itemtype="https://schema.org/Event">',
    "<div itemscope itemtype='http://schema.org/Thing http://schema.org/Museum'>",
    '<DIV ITEMSCOPE ITEMTYPE=http://schema.org/MusicEvent>',
    '<div itemscope="itemscope"\n itemtype = "https://schema.org/Festival" >',
  ])('%s may hold an item', (html) => {
    expect(mentionsItems(html)).toBe(true);
  });

  test.each([
    '<body itemscope itemtype="https://schema.org/WebPage">',
    '<div itemscope>',
    '<div itemtype="https://schema.org/Event">',
    '<div itemscope data-itemtype="https://schema.org/Event">',
    '<p>Event</p>',
  ])('%s holds none', (html) => {
    expect(mentionsItems(html)).toBe(false);
  });
});

describe('microdata', () => {
  const base = 'https://example.org/events/';

  function read(html: string) {
    const { tree } = scanPage(html, 1_000, true);
    const items = tree === null ? [] : readMicrodata(tree.root, base).items;
    return items.map(({ item }) => item);
  }

  function things(html: string) {
    return read(html).map(({ thing }) => thing);
  }

  const event = (inner: string) => `<div itemscope itemtype="https://schema.org/Event">${inner}</div>`;

  test('an event with a nested place is one item', () => {
    const [item, ...rest] = read(
      event(`<h1 itemprop="name">Jazz  in
      the Park</h1>
      <time itemprop="startDate" datetime="2026-05-09T20:00">Saturday</time>
      <div itemprop="location" itemscope itemtype="http://schema.org/Place">
        <span itemprop="name">Bandshell</span></div>`),
    );
    expect(rest).toEqual([]);
    expect(item).toEqual({
      kind: 'event',
      syntax: 'microdata',
      thing: {
        '@type': ['Event'],
        name: 'Jazz in the Park',
        startDate: '2026-05-09T20:00',
        location: { '@type': ['Place'], name: 'Bandshell' },
      },
    });
  });

  test('values are taken from where each element keeps them, addresses made absolute', () => {
    const [thing] = things(
      event(`
      <a itemprop="url" href="a.html">more</a> <area itemprop="a" href="/b"> <link itemprop="b" href="c">
      <img itemprop="image" src="d.jpg"> <audio itemprop="audio" src="e.mp3"></audio>
      <video itemprop="video" src="f.mp4"></video> <object itemprop="object" data="g"></object>
      <data itemprop="sku" value="42">forty-two</data> <meter itemprop="ratingValue" value="3.5">**</meter>
      <meta itemprop="eventStatus" content="EventScheduled"> <time itemprop="endDate">2026-05-10</time>`),
    );
    expect(thing).toEqual({
      '@type': ['Event'],
      url: `${base}a.html`,
      a: 'https://example.org/b',
      b: `${base}c`,
      image: `${base}d.jpg`,
      audio: `${base}e.mp3`,
      video: `${base}f.mp4`,
      object: `${base}g`,
      sku: '42',
      ratingValue: '3.5',
      eventStatus: 'EventScheduled',
      endDate: '2026-05-10',
    });
  });

  test('text is read as it is seen: line breaks stay, runs of white space and scripts do not', () => {
    const [thing] = things(
      event(`<div itemprop="description">One<br>two &amp;
      three<p>four</p><p>five</p><script>six()</script></div>`),
    );
    expect(thing?.description).toBe('One\ntwo & three\nfour\nfive');
  });

  test('content counts on any element, and a link around the name gives its text', () => {
    const [thing] = things(
      event(`<a itemprop="name" href="/x">Jazz</a>
      <span itemprop="startDate" content="2026-05-09T20:00">8 PM</span>
      <abbr itemprop="endDate" datetime="2026-05-09T22:00">10</abbr>`),
    );
    expect(thing).toMatchObject({ name: 'Jazz', startDate: '2026-05-09T20:00', endDate: '2026-05-09T22:00' });
  });

  test('one element may give several properties, and one property several values', () => {
    const [thing] = things(
      event('<b itemprop="name alternateName">Jazz</b><b itemprop="name">Jazz!</b><b itemprop=" ">no</b>'),
    );
    expect(thing).toEqual({ '@type': ['Event'], name: ['Jazz', 'Jazz!'], alternateName: 'Jazz' });
  });

  test('the properties of a nested item never leak into the outer one', () => {
    const [thing] = things(
      event('<div itemscope><b itemprop="name">inner</b></div><b itemprop="name">outer</b>'),
    );
    expect(thing?.name).toBe('outer');
  });

  test('itemref adds elements from elsewhere, in tree order, and each once', () => {
    const [thing] = things(`
    <p id="a" itemprop="name">first</p>
    <div itemscope itemtype="https://schema.org/Event" itemref="b a b nowhere"><b itemprop="name">second</b></div>
    <div id="b"><i itemprop="name">third</i></div>`);
    expect(thing?.name).toEqual(['first', 'second', 'third']);
  });

  test('itemref may go round in circles', () => {
    const [thing] = things(`
    <div itemscope itemtype="https://schema.org/Event" itemref="b"><b itemprop="name">a</b></div>
    <div id="b" itemprop="superEvent" itemscope itemtype="https://schema.org/Event" itemref="c"></div>
    <div id="c" itemprop="subEvent" itemscope itemtype="https://schema.org/Event" itemref="b"></div>`);
    expect(thing?.superEvent).toEqual({
      '@type': ['Event'],
      subEvent: { '@type': ['Event'], superEvent: { '@type': ['Event'] } },
    });
  });

  test('itemid becomes @id, and several types are kept', () => {
    const [thing] = things(
      '<p itemscope itemtype="https://schema.org/Museum http://schema.org/TouristAttraction" itemid="#m">',
    );
    expect(thing).toEqual({ '@type': ['Museum', 'TouristAttraction'], '@id': `${base}#m` });
  });

  test('an event that claims to be a property of no item is read nevertheless', () => {
    const html =
      '<div itemprop="event" itemscope itemtype="https://schema.org/Event"><b itemprop="name">a</b></div>';
    expect(things(html)).toEqual([{ '@type': ['Event'], name: 'a' }]);
  });

  test('items that are neither events nor places are not read, but the events that they list are', () => {
    const html = `<div itemscope itemtype="https://schema.org/MusicGroup"><b itemprop="name">Band</b>
    <p itemprop="event" itemscope itemtype="https://schema.org/MusicEvent"><b itemprop="name">Gig</b></p></div>`;
    expect(things(html)).toEqual([{ '@type': ['MusicEvent'], name: 'Gig' }]);
  });

  test('markup nested thousands deep is read', () => {
    const html = event(`${'<div>'.repeat(9_000)}<b itemprop="name">deep</b>`);
    expect(things(html)[0]?.name).toBe('deep');
  });

  test('markup nested beyond that is read up to there', () => {
    const html = event(`<b itemprop="name">first</b>${'<div>'.repeat(100_000)}<b itemprop="name">deep</b>`);
    expect(things(html)[0]?.name).toBe('first');
  });

  const extructCase = z.object({
    case: z.string(),
    page: z.string(),
    url: z.string(),
    syntax: z.string(),
    expectedFile: z.string(),
  });

  const extructItem = z.object({
    type: z.union([z.string(), z.array(z.string())]).optional(),
    id: z.string().optional(),
    properties: z.record(z.string(), z.unknown()).optional(),
  });

  describe.skipIf(!hasCorpus('structured/extruct'))(
    'extruct samples (skipped where the corpora are missing)',
    () => {
      const cases = hasCorpus('structured/extruct')
        ? corpusCases('structured/extruct/cases.jsonl', (value) => extructCase.parse(value))
        : [];

      test.each(cases.filter(({ syntax }) => syntax === 'microdata'))(
        '$case: every item and property',
        (sample) => {
          const html = corpusFile(`structured/extruct/${sample.page}`).toString('utf8');
          const { tree, collected } = scanPage(html, 1_000, true);
          const pageBase = collected.base === null ? sample.url : new URL(collected.base, sample.url).href;
          const roots = tree === null ? [] : readMicrodataNodes(tree.root, pageBase).roots;
          const wanted: unknown = JSON.parse(
            corpusFile(`structured/extruct/${sample.expectedFile}`).toString('utf8'),
          );
          expect(roots.map((root) => asRead(root, pageBase))).toEqual(asExpected(wanted, pageBase));
        },
      );
    },
  );

  /** Comparable form: values always in lists, white space collapsed, addresses without the page's own. */
  function asRead(value: GraphValue, pageBase: string): unknown {
    if (typeof value !== 'object') return comparableText(String(value), pageBase);
    const properties = [...value.properties].map(([name, values]) => [
      name,
      values.map((entry) => asRead(entry, pageBase)),
    ]);
    return { types: value.types, id: value.id, properties: Object.fromEntries(properties) };
  }

  /** extruct leaves some addresses relative and writes single values bare; neither is a difference. */
  function asExpected(value: unknown, pageBase: string): unknown {
    if (Array.isArray(value)) return value.map((entry) => asExpected(entry, pageBase));
    if (typeof value !== 'object' || value === null) return comparableText(String(value), pageBase);
    const { type, id, properties } = extructItem.parse(value);
    const types = type === undefined ? [] : [type].flat();
    const entries = Object.entries(properties ?? {}).map(([name, given]) => [
      local(name),
      [given].flat().map((entry) => asExpected(entry, pageBase)),
    ]);
    return { types: types.map(local), id: id ?? null, properties: Object.fromEntries(entries) };
  }

  function comparableText(text: string, pageBase: string): string {
    return text.replace(/\s+/g, ' ').trim().replace(new URL('/', pageBase).href, '').replace(/^\//, '');
  }

  function local(name: string): string {
    return name.replace(/^https?:\/\/schema\.org\//, '').replace(/^#/, '');
  }

  const schemaOrgCase = z.object({
    case: z.string(),
    url: z.string(),
    syntaxes: z.array(z.string()),
    files: z.record(z.string(), z.string()),
  });

  /** The two spellings of these examples differ in the source itself: a word, a property or a type. */
  const differInSource = new Set(
    'eg-0172 eg-0190 eg-0192 eg-0197 eg-0198 eg-0254 eg-0349 eg-0378 eg-0397 eg-0419 eg-0434 eg-0437 eg-0444'.split(
      ' ',
    ),
  );

  describe.skipIf(!hasCorpus('structured/schema-org'))(
    'schema.org examples (skipped where the corpora are missing)',
    () => {
      const cases = hasCorpus('structured/schema-org')
        ? corpusCases('structured/schema-org/cases.jsonl', (value) => schemaOrgCase.parse(value))
        : [];
      const inBoth = cases.filter(
        (example) =>
          example.syntaxes.includes('microdata') &&
          example.syntaxes.includes('jsonld') &&
          !differInSource.has(example.case),
      );

      test.each(inBoth)('$case says the same in microdata and JSON-LD', ({ files, url }) => {
        const [microdata, jsonLd] = [files.microdata, files.jsonld].map((file) => {
          const body = corpusFile(`structured/schema-org/${file}`);
          return readPage({ body, contentType: 'text/html; charset=utf-8', url }).items;
        });
        expect(comparable(microdata)).toEqual(comparable(jsonLd));
      });
    },
  );

  /** Microdata has only text, types in any order, and may write an enumeration's value with its address. */
  function comparable(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(comparable);
    if (typeof value !== 'object' || value === null)
      return local(String(value).toLowerCase().replace(/\s+/g, ' '));
    const entries = Object.entries(value).filter(([name]) => name !== 'syntax');
    return Object.fromEntries(
      entries.map(([name, entry]) => [
        name,
        name === '@type' && Array.isArray(entry) ? entry.toSorted() : comparable(entry),
      ]),
    );
  }
});
