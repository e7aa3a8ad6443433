import fc from 'fast-check';
import { DataTypes, Sequelize } from 'sequelize';
import { beforeAll, describe, expect, test } from 'vitest';
import { collectForeignKeys } from '../../../src/audit/read/labels.ts';
import { entryTable, renderEntryLine, wordDifference } from '../../../src/audit/read/render.ts';
import { auditlog } from '../../../src/audit/record/auditlog.ts';

const timeZone = 'America/Chicago';
const labels: Record<string, string | null> = { '5': 'Harbour Hall', '12': null };
const labelOf = (model: string, id: string) => (model === 'Hall' ? labels[id] : undefined);
const line = (changes: unknown, model = 'Show', limit?: number) =>
  renderEntryLine({ model, changes }, { timeZone, labelOf, limit });

beforeAll(() => {
  // Nothing is read or written here, so that no database is needed.
  const sequelize = new Sequelize('postgres://nobody@localhost/none', { logging: false });
  const Hall = sequelize.define('Hall', { name: DataTypes.TEXT });
  const Show = sequelize.define('Show', {
    name: DataTypes.TEXT,
    startDate: DataTypes.DATE,
    day: DataTypes.DATEONLY,
    open: DataTypes.BOOLEAN,
    secret: DataTypes.TEXT,
    sourceURL: DataTypes.TEXT,
    status: DataTypes.TEXT,
  });
  Show.belongsTo(Hall, { as: 'hall', foreignKey: 'hallId' });
  auditlog.register(Hall);
  auditlog.register(Show, { mask: ['secret'], displayNames: { name: 'Title' } });
});

describe('renderEntryLine', () => {
  test('reads "field: old → new", several fields joined by "; " and sorted by field name', () => {
    expect(line({ url: ['a', 'b'], name: ['x', 'y'] }, 'Nothing')).toBe('name: x → y; url: a → b');
  });

  test('calls a field by its registered name, the association, or the words it is made of', () => {
    expect(line({ sourceURL: ['a', 'b'] })).toBe('source URL: a → b');
    expect(line({ name: ['a', 'b'] })).toBe('Title: a → b');
    expect(line({ hallId: ['5', null] })).toMatch(/^hall: /);
    expect(line({ start_date: ['a', 'b'] }, 'Nothing')).toBe('start date: a → b');
  });

  test('shows nothing, empty text and an empty list as what they are', () => {
    expect(line({ a: [null, ''] })).toBe('a: (empty) → (empty text)');
    expect(line({ a: [[], ['x', 'y']] })).toBe('a: (empty list) → x, y');
  });

  test('shows times in the zone that is asked for, with its offset, and leaves what is no time', () => {
    expect(line({ startDate: ['2027-07-01T23:00:00.000Z', '2027-11-07T07:30:05.250Z'] })).toBe(
      'start date: 2027-07-01 18:00 -05:00 → 2027-11-07 01:30:05.25 -06:00',
    );
    expect(line({ startDate: ['Infinity', 7] })).toBe('start date: Infinity → 7');
    expect(line({ day: ['2027-07-01', '2027-07-02'] })).toBe('day: 2027-07-01 → 2027-07-02');
  });

  test('shows a foreign key by the label of its target, and a target that is gone as deleted', () => {
    expect(line({ hallId: ['5', '12'] })).toBe("hall: Harbour Hall (5) → Deleted 'Hall' (12)");
    expect(line({ hallId: ['7', null] })).toBe('hall: 7 → (empty)');
  });

  test('shows values by their names, also in a list', () => {
    const valueName = (_model: string, field: string, value: unknown) =>
      field === 'status' && value === 'EventCancelled' ? 'Cancelled' : undefined;
    const changes = { status: [['EventScheduled', 'EventCancelled'], 'EventCancelled'] };
    expect(renderEntryLine({ model: 'Show', changes }, { valueName })).toBe(
      'status: EventScheduled, Cancelled → Cancelled',
    );
  });

  test('shows what joined and left a relation', () => {
    expect(
      line({
        tags: { type: 'm2m', operation: 'add', objects: ['jazz', 'free'], ids: ['1', '2'] },
        halls: { type: 'm2m', operation: 'delete', objects: ['Harbour Hall'], ids: ['5'] },
      }),
    ).toBe('halls: removed Harbour Hall; tags: added jazz, free');
  });

  test('stays one line, and shows JSON the same whatever the order of its keys', () => {
    expect(line({ a: ['x\r\ny', { b: 1, a: [true, null] }] })).toBe('a: x↵y → {"a": [true, null], "b": 1}');
    expect(line({ open: [true, false] })).toBe('open: yes → no');
  });

  test('shows a masked value as it was recorded', () => {
    expect(line({ secret: ['********', null] })).toBe('secret: ******** → (empty)');
  });

  test('cuts long values', () => {
    expect(line({ name: ['x'.repeat(141), 'y'.repeat(140)] })).toBe(
      `Title: ${'x'.repeat(140)}… → ${'y'.repeat(140)}`,
    );
  });

  test.each([
    [null, ''],
    ['text', ''],
    [[1, 2], ''],
    [{ name: 'text' }, 'Title: "text"'],
    [{ name: [1, 2, 3] }, 'Title: [1, 2, 3]'],
    [{ name: { type: 'm2m', operation: 'swap' } }, 'Title: {"operation": "swap", "type": "m2m"}'],
    [{ tags: { type: 'm2m', operation: 'add', objects: [{ a: 1 }, null] } }, 'tags: added {"a": 1}, null'],
    [{ '': ['a', 'b'] }, ': a → b'],
    [{ constructor: ['a', 'b'] }, 'constructor: a → b'],
    [JSON.parse('{"__proto__": ["a", "b"]}'), 'proto: a → b'],
  ])('renders malformed changes too: %j', (changes, expected) => {
    expect(line(changes)).toBe(expected);
  });

  test('never throws, whatever JSON the entry holds, and neither do the others', () => {
    const values = fc.jsonValue({ maxDepth: 5 });
    const fields = fc.oneof(fc.constantFrom('name', 'startDate', 'hallId', 'secret', 'status'), fc.string());
    const change = fc.oneof(
      values,
      fc.tuple(values, values),
      fc.record({
        type: fc.constant('m2m'),
        operation: fc.constantFrom('add', 'delete'),
        objects: values,
        ids: values,
      }),
    );
    const changes = fc.oneof(values, fc.dictionary(fields, change));
    fc.assert(
      fc.property(
        changes,
        fc.constantFrom('Show', 'Nothing'),
        fc.integer({ min: -1, max: 200 }),
        (json, model, limit) => {
          const entry = { model, changes: json };
          expect(renderEntryLine(entry, { timeZone, labelOf, limit })).not.toMatch(/[\r\n]/);
          expect(Array.isArray(entryTable(entry, { timeZone, limit }))).toBe(true);
          expect(collectForeignKeys([entry])).toBeInstanceOf(Map);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('takes JSON that is nested too deep for anybody to read', () => {
    let deep: unknown = 'bottom';
    for (let depth = 0; depth < 50_000; depth += 1) deep = [deep];
    expect(
      line({ a: [deep, null], b: deep, c: { type: 'm2m', operation: 'add', objects: [deep] } }),
    ).toContain('…');
  });
});

describe('entryTable', () => {
  test('has fields first and relations after, each sorted by field name', () => {
    const relation = { type: 'm2m', operation: 'add', objects: ['jazz'], ids: ['1'] };
    const rows = entryTable({
      model: 'Show',
      changes: { b: relation, z: ['1', '2'], a: relation, c: ['1', '2'], d: 5 },
    });
    expect(rows.map(({ field, kind }) => [field, kind])).toEqual([
      ['c', 'value'],
      ['d', 'unreadable'],
      ['z', 'value'],
      ['a', 'm2m'],
      ['b', 'm2m'],
    ]);
  });

  test('shows long text by its words, in full, and short text without', () => {
    const old = `The harbour lights are lit at six. ${'Bring a lamp. '.repeat(20)}`;
    const [row] = entryTable({ model: 'Show', changes: { text: [old, old.replace('six', 'seven')] } });
    expect(row).toMatchObject({
      old: `${old.slice(0, 140)}…`,
      difference: [
        { kind: 'same', text: 'The harbour lights are lit at ' },
        { kind: 'removed', text: 'six' },
        { kind: 'added', text: 'seven' },
        { kind: 'same', text: old.slice(old.indexOf('. Bring')) },
      ],
    });
    expect(entryTable({ model: 'Show', changes: { text: ['a b', 'a c'] } })[0]).toMatchObject({
      difference: null,
    });
  });

  test('gives plain text: nothing in it is escaped', () => {
    expect(entryTable({ model: 'Show', changes: { name: ['<b>', '&'] } })[0]).toMatchObject({
      old: '<b>',
      new: '&',
    });
  });
});

describe('wordDifference', () => {
  test('adds up to both texts', () => {
    const words = fc.array(fc.constantFrom('lamp', 'harbour', ' ', '\n', ', ', 'é', '👩‍🚀'), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(words, words, (old, now) => {
        const tokens = wordDifference(old.join(''), now.join(''));
        const text = (kind: string) =>
          tokens
            .flatMap((token) => (token.kind === 'same' || token.kind === kind ? [token.text] : []))
            .join('');
        expect([text('removed'), text('added')]).toEqual([old.join(''), now.join('')]);
      }),
    );
  });

  test('does not try to compare what is too long', () => {
    const old = 'a '.repeat(20_000);
    expect(wordDifference(old, 'b')).toEqual([
      { kind: 'removed', text: old },
      { kind: 'added', text: 'b' },
    ]);
  });
});

describe('collectForeignKeys', () => {
  test('gives the ids whose labels are needed, by model', () => {
    const entries = [
      { model: 'Show', changes: { hallId: ['5', '12'], name: ['a', 'b'] } },
      { model: 'Show', changes: { hallId: [null, '5'] } },
      { model: 'Nothing', changes: { hallId: ['6', '7'] } },
    ];
    expect(collectForeignKeys(entries)).toEqual(new Map([['Hall', new Set(['5', '12'])]]));
  });
});
