import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { logActions } from '../../../src/audit/log-entry.ts';
import { actorTypes, logEntryFilterSchema } from '../../../src/audit/read/filter.ts';
import { filterFromFlags, filterFromQuery, filterToQuery } from '../../../src/audit/read/filter-words.ts';

const now = Temporal.Instant.from('2027-03-10T12:00:00Z');
const timeZone = 'America/Chicago';
const fromQuery = (query: string) => filterFromQuery(new URLSearchParams(query), { now, timeZone });

describe('filterFromQuery', () => {
  test('reads every condition from plain words', () => {
    expect(
      fromQuery(
        'actor=Ana@example.org&actorType=user&model=Event&object=12&field=name&action=update&run=7&source=town' +
          '&correlation=c-1&since=7d&until=2027-03-09T18:00Z&q=Access+denied',
      ),
    ).toEqual({
      actor: 'ana@example.org',
      actorType: 'user',
      model: 'Event',
      objectId: '12',
      field: 'name',
      action: 'update',
      run: '7',
      source: 'town',
      correlationId: 'c-1',
      since: new Date('2027-03-03T12:00:00Z'),
      until: new Date('2027-03-09T18:00:00Z'),
      contains: 'Access denied',
    });
  });

  test('excludes a value with "-" in front, and takes several values of a word', () => {
    expect(fromQuery('actor=-scraper@example.org&model=Event&model=Place&field=-name&field=-url')).toEqual({
      model: ['Event', 'Place'],
      not: { actor: 'scraper@example.org', field: ['name', 'url'] },
    });
  });

  test('takes a value that begins with "-" when a "\\" is in front', () => {
    expect(fromQuery('object=\\-5&q=-\\-5')).toEqual({ objectId: '-5', not: { contains: '\\-5' } });
    expect(fromQuery('object=--5')).toEqual({ not: { objectId: '-5' } });
  });

  test('does not mind the empty fields of a form', () => {
    expect(fromQuery('actor=&since=&q=')).toEqual({});
  });

  test.each([
    ['30m', '2027-03-10T11:30:00Z'],
    ['12h', '2027-03-10T00:00:00Z'],
    ['4w', '2027-02-10T12:00:00Z'],
    ['2027-03-01', '2027-03-01T06:00:00Z'],
    ['2027-03-01T18:00', '2027-03-02T00:00:00Z'],
    ['2027-03-01T18:00:00+01:00', '2027-03-01T17:00:00Z'],
  ])('reads the time %s', (since, expected) => {
    expect(fromQuery(new URLSearchParams({ since }).toString()).since).toEqual(new Date(expected));
  });

  test.each([
    ['action=change', 'action must be one of create, update, delete, access; given: "change".'],
    ['actorType=-robot', 'actorType must be one of scraper, user, system, database; given: "robot".'],
    ['run=r-12', 'run must be a number such as 12; given: "r-12".'],
    [
      'since=yesterday',
      /^since must be a span such as 30m, 12h, 7d or 4w, or a date .*; given: "yesterday"\.$/,
    ],
    ['since=-7d', /^since must be a span .*; given: "-7d"\.$/],
    ['since=999999w', 'since must not be so long ago; given: "999999w".'],
    ['since=1d&since=2d', 'since was given twice; once is allowed; given: "2d".'],
    ['since=1d&until=2d', 'until must be after "since"; given: "2d".'],
    ['field=a%00b', 'field must be plain text; given: "a\\u0000b".'],
    ['actr=ana@example.org', /^There is no filter actr\. Filters are actor, actorType, model, .*, q\.$/],
    ['__proto__=1', /^There is no filter __proto__\./],
  ])('says what is wrong with %s', (query, message) => {
    expect(() => fromQuery(query)).toThrow(message);
    expect(() => fromQuery(query)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });

  test('refuses text that is too long, and shows only its beginning', () => {
    expect(() => fromQuery(`q=${'x'.repeat(2000)}`)).toThrow(
      /^q must have at most 200 characters; given: "x{299}\.$/,
    );
  });

  test('leaves the other words of a page alone', () => {
    const query = new URLSearchParams('before=12&model=Event');
    expect(filterFromQuery(query, { otherWords: ['before'] })).toEqual({ model: 'Event' });
  });
});

describe('filterFromFlags', () => {
  test('reads the same filter from command-line options, and names the option in errors', () => {
    expect(
      filterFromFlags(
        { actor: '-Ana@example.org', 'actor-type': ['user', 'system'], since: '7d', run: undefined },
        { now },
      ),
    ).toEqual({
      actorType: ['user', 'system'],
      since: new Date('2027-03-03T12:00:00Z'),
      not: { actor: 'ana@example.org' },
    });
    expect(() => filterFromFlags({ 'actor-type': 'robot' })).toThrow(
      /^--actor-type must be one of scraper, /,
    );
    expect(() => filterFromFlags({ colour: 'red' })).toThrow(
      /^There is no filter --colour\. Filters are --actor, --actor-type,/,
    );
  });
});

const text = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
  .filter((value) => !value.includes('\0'));
/** Also with what has a meaning at the beginning of a value. */
const marked = fc.tuple(fc.constantFrom('', '-', '\\', '-\\', '--'), text).map((parts) => parts.join(''));
const oneOrMore = <Value>(value: fc.Arbitrary<Value>) =>
  fc.oneof(value, fc.uniqueArray(value, { minLength: 2, maxLength: 4 }));
const conditions = {
  actor: oneOrMore(marked.map((value) => value.toLowerCase())),
  actorType: oneOrMore(fc.constantFrom(...actorTypes)),
  model: oneOrMore(marked),
  objectId: oneOrMore(fc.oneof(marked, fc.integer().map(String))),
  field: oneOrMore(marked),
  action: oneOrMore(fc.constantFrom(...logActions)),
  run: oneOrMore(fc.integer({ min: 1 }).map(String)),
  source: oneOrMore(marked),
  correlationId: oneOrMore(marked),
  contains: oneOrMore(marked),
};
const filter = fc.record(
  {
    ...conditions,
    since: fc.date({ min: new Date('1970-01-01'), max: new Date('2020-01-01'), noInvalidDate: true }),
    until: fc.date({ min: new Date('2020-01-02'), max: new Date('9999-12-30'), noInvalidDate: true }),
    not: fc.record(conditions, { requiredKeys: [] }).filter((not) => Object.keys(not).length > 0),
  },
  { requiredKeys: [] },
);

describe('filterToQuery', () => {
  test('writes plain words', () => {
    const query = filterToQuery({ actor: 'ana@example.org', run: ['7', '8'], not: { field: 'name' } });
    expect(query.toString()).toBe('actor=ana%40example.org&field=-name&run=7&run=8');
  });

  test('writes what filterFromQuery reads back as the same filter', () => {
    fc.assert(
      fc.property(filter, (given) => {
        const written = filterToQuery(given).toString();
        expect(filterFromQuery(new URLSearchParams(written))).toEqual(given);
        expect(filterToQuery(filterFromQuery(new URLSearchParams(written))).toString()).toBe(written);
      }),
      { numRuns: 300 },
    );
  });
});

describe('logEntryFilterSchema', () => {
  test('brings a filter to its one form', () => {
    expect(
      logEntryFilterSchema.parse({ actor: ['A@b.c', 'a@b.c'], model: ['Event'], field: ['a', 'b', 'a'] }),
    ).toEqual({
      actor: 'a@b.c',
      model: 'Event',
      field: ['a', 'b'],
    });
  });

  test.each([
    [{ colour: 'red' }],
    [{ model: [] }],
    [{ model: '' }],
    [{ model: 5 }],
    [{ not: { since: new Date() } }],
    [{ since: '7d' }],
    [{ run: '0' }],
    [{ objectId: '\ud800' }],
  ])('refuses %j', (given) => {
    expect(logEntryFilterSchema.safeParse(given).success).toBe(false);
  });

  test('refuses a long list', () => {
    const field = Array.from({ length: 101 }, (_, index) => `f${index}`);
    expect(logEntryFilterSchema.safeParse({ field }).success).toBe(false);
    expect(logEntryFilterSchema.safeParse({ field: field.slice(1) }).success).toBe(true);
  });
});
