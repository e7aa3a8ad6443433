import { expect, test } from 'vitest';
import type { Thing } from '../../src/extract/item.ts';
import { readJsonLd } from '../../src/extract/json-ld.ts';

const base = 'https://example.org/events/';

function read(...documents: unknown[]) {
  const blocks = documents.map((document, position) => ({
    text: typeof document === 'string' ? document : JSON.stringify(document),
    position,
  }));
  const content = readJsonLd(blocks, base);
  return { ...content, things: content.items.map(({ item }) => item.thing) };
}

const names = (things: readonly Thing[]) => things.map(({ name }) => name);

test('an event in a single object becomes an item with its nested place', () => {
  const { items, things } = read({
    '@context': 'https://schema.org',
    '@type': 'MusicEvent',
    name: 'Elysian Fields',
    startDate: '2026-05-09T20:00',
    location: { '@type': 'Place', name: 'The Owl' },
  });
  expect(items.map(({ item }) => [item.kind, item.syntax])).toEqual([['event', 'json-ld']]);
  expect(things).toEqual([
    {
      '@type': ['MusicEvent'],
      name: 'Elysian Fields',
      startDate: '2026-05-09T20:00',
      location: { '@type': ['Place'], name: 'The Owl' },
    },
  ]);
});

test('arrays, @graph and nested @graph are walked in order', () => {
  const { things } = read([{ '@type': 'Event', name: 'a' }, [{ '@type': 'Event', name: 'b' }]], {
    '@graph': [{ '@type': 'WebPage' }, { '@graph': { '@type': 'Event', name: 'c' } }],
  });
  expect(names(things)).toEqual(['a', 'b', 'c']);
});

test.each([
  'http://schema.org/Event',
  'https://schema.org/Event',
  'schema:Event',
  ['Thing', 'https://www.schema.org/Event'],
])('a type may be written as %s', (type) => {
  expect(read({ '@type': type, name: 'x' }).things[0]?.['@type']).toContain('Event');
});

test('a type of another vocabulary is no event', () => {
  expect(read({ '@type': 'https://www.w3.org/ns/activitystreams#Event', name: 'x' }).things).toEqual([]);
});

test('property names may carry the vocabulary, and type and id may lack their @', () => {
  const { things } = read({
    type: 'Event',
    id: '#one',
    'schema:name': 'a',
    'https://schema.org/startDate': '2026-05-09',
  });
  expect(things).toEqual([
    { '@type': ['Event'], '@id': 'https://example.org/events/#one', name: 'a', startDate: '2026-05-09' },
  ]);
});

test('events and places inside lists, pages and other entities are found', () => {
  const { items } = read(
    {
      '@type': 'ItemList',
      itemListElement: [{ '@type': 'ListItem', item: { '@type': 'Event', name: 'a' } }],
    },
    {
      '@type': 'WebPage',
      mainEntity: { '@type': 'Museum', name: 'b', event: [{ '@type': 'Event', name: 'c' }] },
    },
    { '@type': 'Event', name: 'd', subEvent: { '@type': 'Event', name: 'e' } },
    { '@type': 'Park', name: 'f', containsPlace: { '@type': 'Playground', name: 'g' } },
    { events: [{ '@type': 'Event', name: 'h' }] },
  );
  expect(items.map(({ item }) => `${item.kind} ${item.thing.name}`)).toEqual([
    'event a',
    'place b',
    'event c',
    'event d',
    'event e',
    'place f',
    'place g',
    'event h',
  ]);
});

test('organisers and performers that happen to be places do not become items', () => {
  const { things } = read({
    '@type': 'Event',
    name: 'a',
    organizer: { '@type': 'LocalBusiness', name: 'b' },
    performer: { '@type': 'MusicVenue', name: 'c' },
  });
  expect(names(things)).toEqual(['a']);
});

test('references are resolved across blocks, and a place that is only a location stays in its event', () => {
  const { things } = read(
    { '@graph': [{ '@type': 'Event', name: 'a', location: { '@id': '#hall' } }] },
    { '@type': 'Place', '@id': '#hall', name: 'Hall' },
  );
  expect(things).toEqual([
    {
      '@type': ['Event'],
      name: 'a',
      location: { '@type': ['Place'], '@id': 'https://example.org/events/#hall', name: 'Hall' },
    },
  ]);
});

test('a place that lists its events is an item, even when those refer back to it', () => {
  const { things } = read({
    '@type': 'Place',
    '@id': '#hall',
    name: 'Hall',
    event: { '@type': 'Event', name: 'a', location: { '@id': '#hall' } },
  });
  expect(names(things)).toEqual(['Hall', 'a']);
  expect(things[1]?.location).toMatchObject({ name: 'Hall' });
});

test('one entity described in two places is one item with the properties of both', () => {
  const { things } = read(
    { '@type': 'Event', '@id': '#e', name: 'first' },
    { '@id': '#e', name: 'second', startDate: '2026-05-09' },
  );
  expect(things).toMatchObject([{ name: 'first', startDate: '2026-05-09' }]);
});

test('blank ids hold within their block only', () => {
  const { things } = read(
    { '@type': 'Event', '@id': '_:b0', name: 'a' },
    { '@type': 'Event', '@id': '_:b0', name: 'b' },
  );
  expect(names(things)).toEqual(['a', 'b']);
});

test('a cycle of references ends in a stub', () => {
  const { things } = read({
    '@graph': [
      { '@type': 'Event', '@id': '#a', name: 'a', superEvent: { '@id': '#b' } },
      { '@type': 'Event', '@id': '#b', name: 'b', subEvent: { '@id': '#a' } },
    ],
  });
  expect(names(things)).toEqual(['a', 'b']);
  expect(things[0]?.superEvent).toMatchObject({
    name: 'b',
    subEvent: { '@type': ['Event'], '@id': 'https://example.org/events/#a' },
  });
});

test('wrapped values are unwrapped, single values of lists too, empty ones and nulls are left out', () => {
  const { things } = read({
    '@type': 'Event',
    name: { '@value': 'a', '@language': 'en' },
    keywords: { '@list': ['x', 'y'] },
    performer: { '@set': [{ '@type': 'Person', name: 'p' }] },
    image: [],
    description: null,
    isAccessibleForFree: true,
    maximumAttendeeCapacity: 20,
  });
  expect(things).toEqual([
    {
      '@type': ['Event'],
      name: 'a',
      keywords: ['x', 'y'],
      performer: { '@type': ['Person'], name: 'p' },
      isAccessibleForFree: true,
      maximumAttendeeCapacity: 20,
    },
  ]);
});

test('entities are decoded once, and a query string keeps what only looks like one', () => {
  const { things } = read({
    '@type': 'Event',
    name: 'Tom &amp;amp; Jerry&#8217;s',
    url: 'https://example.org/?a=1&copy=2&amp;b=3',
  });
  expect(things[0]?.name).toBe('Tom &amp; Jerry’s');
  expect(things[0]?.url).toBe('https://example.org/?a=1&copy=2&b=3');
});

test('backslashes that a calendar plugin writes twice are taken away', () => {
  const { things } = read({ '@type': 'Event', name: "NRC\\'s plan", description: '<p>One</p>\\n' });
  expect(things[0]).toMatchObject({ name: "NRC's plan", description: '<p>One</p>' });
});

test('relative addresses are made absolute, other texts and bare hosts are not', () => {
  const { things } = read({
    '@type': 'Event',
    name: 'a/b',
    url: '/events/a',
    image: ['pictures/a.jpg', '//cdn.example.org/b.jpg'],
    sameAs: 'www.example.org',
  });
  expect(things[0]).toMatchObject({
    name: 'a/b',
    url: 'https://example.org/events/a',
    image: ['https://example.org/events/pictures/a.jpg', 'https://cdn.example.org/b.jpg'],
    sameAs: 'www.example.org',
  });
});

test('text that a database refuses is made storable', () => {
  const { things } = read('{"@type": "Event", "name": "a\\u0000b\\ud800"}');
  expect(things[0]?.name).toBe('ab\ufffd');
});

test('a property named __proto__ changes nothing', () => {
  const { things } = read('{"@type": "Event", "name": "a", "__proto__": {"polluted": true}}');
  expect(things).toEqual([{ '@type': ['Event'], name: 'a' }]);
  expect(Object.hasOwn(things[0] ?? {}, '__proto__')).toBe(false);
});

test('blocks are counted by what had to be repaired, and one that cannot be read is a problem', () => {
  const { repairs, problems, things } = read(
    '{"@type": "Event", "name": "a"}',
    '{"@type": "Event",}',
    '   ',
    'oops',
  );
  expect(repairs).toEqual({ none: 1, cleaned: 1, repaired: 0, failed: 1 });
  expect(problems.map(({ code }) => code)).toEqual(['json-ld-unreadable']);
  expect(things).toHaveLength(2);
});

test('nesting without end and references that multiply are cut off, and said', () => {
  const deep = `${'{"@type":"Event","subEvent":'.repeat(5_000)}{}${'}'.repeat(5_000)}`;
  expect(read(deep).problems.map(({ code }) => code)).toEqual(['too-many-nodes']);

  const graph = Array.from({ length: 60 }, (_, index) => ({
    '@type': 'Event',
    '@id': `#${index}`,
    about: Array.from({ length: 60 }, (_, other) => ({ '@id': `#${other}` })),
  }));
  const { problems, things } = read({ '@graph': graph });
  expect(problems.map(({ code }) => code)).toEqual(['too-many-nodes']);
  expect(JSON.stringify(things).length).toBeLessThan(20_000_000);
});
