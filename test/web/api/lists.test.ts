import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../../src/database/open-database.ts';
import { bindModels } from '../../../src/models.ts';
import { Event } from '../../../src/records/event.ts';
import { Place } from '../../../src/records/place.ts';
import { asAna } from '../../helpers/as-ana.ts';
import { createTestDatabase } from '../../helpers/test-database.ts';
import { startTestWeb, type TestWeb } from '../../helpers/web-server.ts';
import { ApiClient } from './api-client.ts';

let database: Database;
let web: TestWeb;
let nobody: ApiClient;

beforeAll(async () => {
  database = await createTestDatabase();
  await bindModels(database);
  web = await startTestWeb(database);
  nobody = new ApiClient(web.app, null);
  await asAna(async () => {
    const hall = await Place.create({
      name: 'Harbour Hall',
      streetAddress: '1 Quay',
      addressLocality: 'Salem',
      addressCountry: 'US',
      latitude: 42.5,
      longitude: -70.9,
      categories: ['music', 'dance'],
    });
    await Place.create({
      name: '100% Ale_House',
      addressLocality: 'Leeds',
      addressCountry: 'GB',
      isClosed: true,
      categories: ['pub'],
    });
    await Place.create({ name: 'Old Harbour Hall', isDuplicate: true, duplicateOfId: hall.id });
    const event = { timeZone: 'UTC', placeId: hall.id };
    await Event.bulkCreate([
      { ...event, name: 'Concert', startDate: at('2027-05-01T19:00Z'), endDate: at('2027-05-01T22:00Z') },
      { ...event, name: 'Talk', startDate: at('2027-05-02T12:00Z'), organizer: 'The 100% Society' },
      {
        ...event,
        name: 'Fair',
        startDate: at('2027-05-03T00:00Z'),
        endDate: at('2027-05-04T00:00Z'),
        allDay: true,
        timeKnown: false,
        placeId: null,
      },
      {
        ...event,
        name: 'Day out',
        startDate: at('2027-05-06T00:00Z'),
        timeKnown: false,
        series: 'outings',
        isAccessibleForFree: true,
        status: 'EventPostponed',
        isPast: true,
        attendanceMode: 'OfflineEventAttendanceMode',
      },
    ]);
    await database.sequelize.query("UPDATE places SET updated_at = '2020-01-01Z' WHERE name LIKE '100%'");
    await database.sequelize.query("UPDATE events SET updated_at = '2020-01-01Z' WHERE name = 'Talk'");
  });
});
afterAll(async () => {
  await web[Symbol.asyncDispose]();
  await database.close();
});

function at(moment: string): Date {
  return new Date(moment);
}

/** The names on a list, in its order. */
async function names(path: string): Promise<unknown[]> {
  const { status, body } = await nobody.get(path);
  expect([status, body.detail]).toEqual([200, undefined]);
  return rows(body).map((row) => Reflect.get(row, 'name'));
}

function rows({ data }: Record<string, unknown>): object[] {
  return Array.isArray(data) ? data : [];
}

const hall = 'Harbour Hall';
const ale = '100% Ale_House';
const old = 'Old Harbour Hall';

describe('places', () => {
  test.each([
    ['q=harbour', [hall, old]],
    ['q=quay', [hall]],
    ['q=leeds', [ale]],
    ['q=100%25', [ale]],
    ['q=%25', [ale]],
    ['q=e_h', [ale]],
    ['q=a_b', []],
    ['name=harbour hall', [hall]],
    ['name=harbour', []],
    ['name=100%25%25', []],
    ['addressLocality=SALEM', [hall]],
    ['addressCountry=GB', [ale]],
    ['category=dance', [hall]],
    ['category=Dance', []],
    ['isClosed=true', [ale]],
    ['isClosed=false', [hall, old]],
    ['isDuplicate=true', [old]],
    ['duplicateOfId=1', [old]],
    ['near=42.5,-70.9', [hall]],
    ['near=42.51,-70.9&radius=1100', []],
    ['near=42.51,-70.9&radius=1113', [hall]],
    ['updatedSince=2021-01-01', [hall, old]],
    ['q=harbour&isDuplicate=false&addressCountry=US', [hall]],
    ["q=' OR 1=1 --", []],
    ['q=\\', []],
    ["name=\\' OR true --", []],
    ['q=:id $1 ?', []],
  ])('by %s', async (query, found) => {
    expect(await names(`/places?${query}`)).toEqual(found);
  });

  test.each([
    ['isClosed=1', 'isClosed'],
    ['nearby=1,1', 'nearby'],
    ['near=91,0', 'near'],
    ['near=1;1', 'near'],
    ['near=1,1&radius=0', 'radius'],
    ['near=1,1&radius=100001', 'radius'],
    ['addressCountry=us', 'addressCountry'],
    ['duplicateOfId=0', 'duplicateOfId'],
    ['updatedSince=yesterday', 'updatedSince'],
    ['updatedSince=2027-02-30', 'updatedSince'],
    ['updatedSince=0000-01-01', 'updatedSince'],
    ['updatedSince=9999-12-31T23:59:59-01:00', 'updatedSince'],
    ['q=a&q=b', 'q'],
    [`q=${'a'.repeat(201)}`, 'q'],
    ['limit=0', 'limit'],
    ['limit=201', 'limit'],
    ['limit=1e2', 'limit'],
    ['order=latitude', 'order'],
  ])('refuse %s by name', async (query, word) => {
    expect(await nobody.get(`/places?${query}`)).toMatchObject({
      status: 400,
      body: { code: 'INPUT_INVALID', errors: [{ pointer: word }] },
    });
  });
});

describe('events', () => {
  test.each([
    ['q=con', ['Concert']],
    ['q=100%25', ['Talk']],
    ['placeId=1', ['Concert', 'Talk', 'Day out']],
    ['status=EventPostponed', ['Day out']],
    ['attendanceMode=OfflineEventAttendanceMode', ['Day out']],
    ['isAccessibleForFree=true', ['Day out']],
    ['isPast=true', ['Day out']],
    ['series=outings', ['Day out']],
    ['addressLocality=salem', ['Concert', 'Talk', 'Day out']],
    ["addressLocality=\\' OR true) --", []],
    ['near=42.5,-70.9&radius=1', ['Concert', 'Talk', 'Day out']],
    ['near=42.6,-70.9', []],
    ['updatedSince=2021-01-01T00:00', ['Concert', 'Fair', 'Day out']],
    ['order=-startDate', ['Day out', 'Fair', 'Talk', 'Concert']],
    ['order=name', ['Concert', 'Day out', 'Fair', 'Talk']],
  ])('by %s', async (query, found) => {
    expect(await names(`/events?${query}`)).toEqual(found);
  });

  test.each([
    ['one that goes on at the beginning', '2027-05-01T21:00Z', '2027-05-01T23:00Z', ['Concert']],
    ['one that goes on at the end', '2027-05-01T18:00Z', '2027-05-01T20:00Z', ['Concert']],
    ['one around the window', '2027-05-01T20:00Z', '2027-05-01T21:00Z', ['Concert']],
    ['none that ends where the window begins', '2027-05-01T22:00Z', '2027-05-01T23:00Z', []],
    ['none that begins where the window ends', '2027-05-01T18:00Z', '2027-05-01T19:00Z', []],
    ['a moment at which one begins that has no end', '2027-05-02T12:00Z', '2027-05-02T13:00Z', ['Talk']],
    ['not one without an end afterwards', '2027-05-02T12:01Z', '2027-05-02T13:00Z', []],
    ['the evening of a last day', '2027-05-04T20:00Z', '2027-05-04T21:00Z', ['Fair']],
    ['not the midnight after a last day', '2027-05-05', '2027-05-06', []],
    ['the evening of a day without a time', '2027-05-06T20:00Z', '2027-05-07', ['Day out']],
    ['with another offset from UTC', '2027-05-01T23:30%2B02:00', '2027-05-02T00:00%2B02:00', ['Concert']],
  ])('in a time window: %s', async (_what, since, until, found) => {
    expect(await names(`/events?since=${since}&until=${until}`)).toEqual(found);
  });
});

describe('pages', () => {
  test.each(['id', '-id', 'name', '-name', 'updatedAt', '-updatedAt', 'createdAt', '-createdAt'])(
    'by %s have every record once, though others come and go meanwhile',
    async (order) => {
      const word = `page by ${order}`;
      const make = (name: string) => asAna(() => Place.create({ name, streetAddress: word }));
      const made: Place[] = [];
      // Two of each name and, in bulk, of each moment: ids must tell them apart.
      for (const number of [1, 2, 3, 4])
        made.push(await make(`Stable ${number}`), await make(`Stable ${number}`));
      const seen: unknown[] = [];
      let after = '';
      for (let page = 0; page < 20; page += 1) {
        const { status, body, headers } = await nobody.get(
          `/places?q=${encodeURIComponent(word)}&order=${order}&limit=3${after}`,
        );
        expect(status).toBe(200);
        seen.push(...rows(body).map((row) => Reflect.get(row, 'id')));
        if (body.next === null) {
          expect(headers.link).toBeUndefined();
          break;
        }
        after = `&after=${encodeURIComponent(String(body.next))}`;
        expect(headers.link).toBe(
          `</api/v1/places?q=${encodeURIComponent(word).replaceAll('%20', '+')}&order=${order}&limit=3${after}>; rel="next"`,
        );
        // One comes before the first, and the last that was seen goes away.
        await make('A newcomer');
        const last = await Place.findByPk(String(seen.at(-1)), { rejectOnEmpty: true });
        await asAna(() => last.destroy());
      }
      const ids = made.map(({ id }) => id);
      expect(new Set(seen).size).toBe(seen.length);
      expect(ids.filter((id) => !seen.includes(id))).toEqual([]);
    },
  );

  test.each([
    'nonsense',
    '%00',
    cursor('[]'),
    cursor('["1"]'),
    cursor('["1","x"]'),
    cursor('["Harbour","1"]'),
    cursor('["99999999999999999999999","1"]'),
    cursor('["1\\u0000","1"]'),
    cursor('{"__proto__":1}'),
    cursor(`["${"1' OR true --"}","1"]`),
  ])('are refused when they were made up: %s', async (after) => {
    expect(await nobody.get(`/places?order=id&after=${after}`)).toMatchObject({
      status: 400,
      body: { code: 'USAGE' },
    });
  });

  test.each(['/runs', '/log-entries'])('are refused when they were made up, of %s too', async (path) => {
    const reader = await ApiClient.as(web.app, database.sequelize, 'viewer');
    for (const after of ['x', '0', '-1', cursor('["1","1"]')])
      expect(await reader.get(`${path}?after=${after}`)).toMatchObject({ status: 400 });
  });
});

function cursor(text: string): string {
  return Buffer.from(text).toString('base64url');
}
