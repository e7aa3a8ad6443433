import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withUserActor } from '../../../../src/audit/actors.ts';
import { bindModels } from '../../../../src/models.ts';
import { UserTip } from '../../../../src/records/contributions.ts';
import { Event } from '../../../../src/records/event.ts';
import { Place } from '../../../../src/records/place.ts';
import { adminModels } from '../../../../src/web/pages/admin/admin-models.ts';
import { createTestDatabase } from '../../../helpers/test-database.ts';
import { startTestWeb, type TestWeb, type Visitor } from '../../../helpers/web-server.ts';
import { parsePage, textOf, textsOf } from '../review/helpers/parse-page.ts';

const database = await createTestDatabase();
const { sequelize } = database;
let web: TestWeb;
let viewer: Visitor;
let editor: Visitor;
let mill: Place;

beforeAll(async () => {
  await bindModels(database);
  web = await startTestWeb(database);
  [viewer, editor] = [await web.as('viewer'), await web.as('editor')];
  await withUserActor({ id: null, email: 'ana@example.org' }, async () => {
    const towns = ['Chicago', 'Oak Park', null];
    await Place.bulkCreate(
      Array.from({ length: 120 }, (_, index) => ({
        name: `Place ${String(index).padStart(3, '0')}`,
        addressLocality: towns[index % 3] ?? null,
        isClosed: index % 10 === 0,
      })),
    );
    mill = await Place.create({
      name: '100% Mill_',
      streetAddress: '1 River Road',
      categories: ['museum', 'mill'],
    });
    await Place.create({ name: '1000 Mills', isDuplicate: true, duplicateOfId: mill.id });
    await Event.create({
      name: 'Open day',
      placeId: mill.id,
      timeZone: 'America/Chicago',
      status: 'EventPostponed',
      startDate: new Date('2027-03-02T00:00:00Z'),
    });
    await Event.create({ name: 'Elsewhere', timeZone: 'UTC', startDate: new Date('2027-03-02T00:00:00Z') });
    await UserTip.create({ placeId: mill.id, userId: web.users.viewer.id, text: 'Bring boots.' });
    // Times that differ by less than a millisecond, and many that are equal.
    await sequelize.query(
      "UPDATE places SET updated_at = timestamptz '2027-01-01' + (id / 3) * interval '1 microsecond'",
    );
  });
});
afterAll(async () => {
  await web[Symbol.asyncDispose]();
  await database.close();
});

const list = async (query = '', path = 'places', visitor = viewer) =>
  parsePage(await visitor.get(`/admin/${path}${query}`));
const names = async (query = '', path = 'places') => textsOf(await list(query, path), 'tbody th');

/** The first column of all pages of a list, as somebody sees it who goes on to the end. */
async function allNames(query: string): Promise<string[]> {
  const found: string[] = [];
  let url: string | undefined = `/admin/places?${query}`;
  while (url !== undefined) {
    const $ = parsePage(await viewer.get(url));
    found.push(...textsOf($, 'tbody th'));
    url = $('nav[aria-label="Pagination"] a').attr('href');
  }
  return found;
}

describe('the overview', () => {
  test('counts each kind of record, and leads to its list, its form and its log', async () => {
    const $ = parsePage(await editor.get('/admin'));
    const rows = textsOf($, 'tbody tr');
    expect(rows).toHaveLength(adminModels.length);
    expect(rows[0]).toBe('Places 122 New place Changes of places');
    expect(rows[1]).toMatch(/^Events 2 /);
    for (const link of $('main a').toArray()) {
      const href = $(link).attr('href') ?? '';
      expect([href, (await editor.get(href)).statusCode]).toEqual([href, 200]);
    }
    expect($('nav [aria-current=page]').text()).toBe('Admin');
  });

  test('offers who may only look nothing to write', async () => {
    const $ = parsePage(await viewer.get('/admin'));
    expect(textOf($, 'tbody')).not.toContain('New');
    expect($('a[href="/users"]')).toHaveLength(0);
  });
});

describe('a list', () => {
  test('has a page of records with what they point to, as links', async () => {
    const $ = await list('?order=-id&q=Mill');
    expect(textsOf($, 'thead th')).toEqual([
      'Name',
      'Street address',
      'Address locality',
      'Categories',
      'Is closed',
      'Duplicate of',
      'Updated at',
    ]);
    expect(textsOf($, 'tbody tr:first-child > *').slice(0, 6)).toEqual([
      '1000 Mills',
      '(empty)',
      '(empty)',
      '(empty list)',
      'no',
      `100% Mill_ (${mill.id})`,
    ]);
    expect($(`td a[href="/admin/places/${mill.id}"]`)).toHaveLength(1);
  });

  test('shows times in each event’s own zone', async () => {
    const $ = await list('', 'events');
    expect(textsOf($, 'td[data-label="Start date"]').sort()).toEqual([
      '2027-03-01 18:00 -06:00',
      '2027-03-02 00:00 +00:00',
    ]);
    expect(textsOf($, 'td[data-label=Place]').sort()).toEqual(['(empty)', `100% Mill_ (${mill.id})`]);
  });

  test.each([
    ['?q=100%25', ['100% Mill_']],
    ['?q=l_', ['100% Mill_']],
    ['?q=river+road', ['100% Mill_']],
    ['?q=nothing+like+it', []],
    ['?categories=mill', ['100% Mill_']],
    ['?categories=mi', []],
    ['?isDuplicate=yes', ['1000 Mills']],
    ['?isClosed=yes&q=Place+00', ['Place 000']],
    ['?addressLocality=oak+park&q=Place+00', ['Place 001', 'Place 004', 'Place 007']],
    ['?order=-name&q=mill', ['100% Mill_', '1000 Mills']],
  ])('%s finds %j', async (query, expected) => {
    expect((await names(query)).sort()).toEqual([...expected].sort());
  });

  test('finds a record by its number, and what points to one', async () => {
    expect(await names(`?q=${mill.id}`)).toContain('100% Mill_');
    expect(await names(`?duplicateOfId=${mill.id}`)).toEqual(['1000 Mills']);
    expect(await names(`?placeId=${mill.id}`, 'events')).toEqual(['Open day']);
    expect(await names('?status=EventPostponed', 'events')).toEqual(['Open day']);
    expect(await names(`?userId=${web.users.viewer.id}`, 'user-tips')).toEqual(['Bring boots.']);
    expect(await names(`?userId=${web.users.admin.id}`, 'user-tips')).toEqual([]);
  });

  test.each(['name', '-name', '-updatedAt', 'addressLocality', '-id', 'id'])(
    'ordered by %s has each record once, over all its pages',
    async (order) => {
      const found = await allNames(`order=${order}`);
      const column = order.replace('-', '').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
      const [rows] = await sequelize.query(
        `SELECT name FROM places ORDER BY ${column} ${order.startsWith('-') ? 'DESC' : 'ASC'} NULLS LAST, id ${order.startsWith('-') ? 'DESC' : 'ASC'}`,
      );
      expect(found).toEqual(
        rows.map((row) => (typeof row === 'object' && row !== null && 'name' in row ? row.name : '')),
      );
      expect(new Set(found).size).toBe(122);
    },
  );

  test('keeps its filter from page to page, and begins anew with another one', async () => {
    expect(await allNames('addressLocality=chicago&order=name')).toHaveLength(40);
    const $ = await list('?order=name');
    const next = $('nav[aria-label="Pagination"] a').attr('href') ?? '';
    const second = parsePage(await viewer.get(next));
    expect(second('form.filters [name=after]')).toHaveLength(0);
    expect(second('form.filters [name=order]').val()).toBe('');
  });

  test('says what it can be filtered and ordered by', async () => {
    for (const [query, said] of [
      ['?colour=red', 'It has q, order, after, addressLocality'],
      ['?order=colour', 'ordered by one of name, -name'],
      ['?isClosed=perhaps', 'isClosed is yes or no; given: &quot;perhaps&quot;'],
      ['?duplicateOfId=Mill', 'duplicateOfId is the number of a record'],
    ]) {
      const answer = await viewer.get(`/admin/places${query}`);
      expect([query, answer.statusCode]).toEqual([query, 400]);
      expect(answer.body).toContain(said);
    }
  });

  test('leads to the changes of its kind, and offers a new record to who may make one', async () => {
    expect((await list())('a[href="/review/changes?model=Place"]')).toHaveLength(1);
    const links = async (visitor: Visitor, path: string) =>
      (await list('', path, visitor))('a[href$="/new"]').length;
    expect([
      await links(viewer, 'places'),
      await links(editor, 'places'),
      await links(editor, 'user-tips'),
    ]).toEqual([0, 1, 0]);
  });
});
