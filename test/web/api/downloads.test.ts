import { parse } from 'csv-parse/sync';
import ICAL from 'ical.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bindModels } from '../../../src/models.ts';
import { Event } from '../../../src/records/event.ts';
import { Place } from '../../../src/records/place.ts';
import { asAna } from '../../helpers/as-ana.ts';
import { sentStatements } from '../../helpers/sent-statements.ts';
import { createTestDatabase } from '../../helpers/test-database.ts';
import { waitFor } from '../../helpers/wait-for.ts';
import { startTestWeb, type TestWeb } from '../../helpers/web-server.ts';

const database = await createTestDatabase();
let web: TestWeb;
beforeAll(async () => {
  await bindModels(database);
  web = await startTestWeb(database);
  await asAna(async () => {
    const hall = { name: 'Town Hall', latitude: 44.05, longitude: -68.98, addressLocality: 'Quillport' };
    const [place] = await Place.bulkCreate([hall, { name: 'Old Mill', addressLocality: 'Ternhaven' }]);
    const times = {
      timeZone: 'America/New_York',
      timeKnown: true,
      allDay: false,
      placeId: place?.id ?? null,
    };
    await Event.bulkCreate([
      { name: 'Concert', startDate: new Date('2027-04-09T23:30Z'), ...times },
      { name: 'Fair', startDate: new Date('2027-06-09T23:30Z'), ...times },
    ]);
  });
});
afterAll(async () => {
  await web[Symbol.asyncDispose]();
  await database.close();
});

const get = (address: string) => web.app.inject({ url: `/api/v1/${address}` });

describe('a download', () => {
  test.each([
    ['places.geojson', 'application/geo+json'],
    ['places.jsonl', 'application/jsonl; charset=utf-8'],
    ['places.csv', 'text/csv; charset=utf-8'],
    ['events.geojson', 'application/geo+json'],
    ['events.jsonl', 'application/jsonl; charset=utf-8'],
    ['events.csv', 'text/csv; charset=utf-8'],
    ['events.ics', 'text/calendar; charset=utf-8'],
  ])('of %s is public, a file, and of its media type', async (file, mediaType) => {
    const { statusCode, headers } = await get(file);
    expect(statusCode).toBe(200);
    expect(headers['content-type']).toBe(mediaType);
    expect(headers['content-disposition']).toBe(`attachment; filename="${file}"`);
  });

  test('holds what the words of the list ask for', async () => {
    const { features } = (await get('places.geojson?near=44.05,-68.98&radius=50')).json();
    expect(features).toMatchObject([{ properties: { name: 'Town Hall' } }]);
    const rows = parse<{ name: string }>((await get('places.csv?addressLocality=ternhaven')).body, {
      columns: true,
    });
    expect(rows.map(({ name }) => name)).toEqual(['Old Mill']);
    const calendar = new ICAL.Component(ICAL.parse((await get('events.ics?since=2027-05-01')).body));
    const events = calendar.getAllSubcomponents('vevent').map((event) => new ICAL.Event(event).summary);
    expect(events).toEqual(['Fair']);
  });

  test('is refused with each wrong word, as lists are', async () => {
    const { statusCode, headers, body } = await get('events.csv?until=soon&nonsense=1');
    expect(statusCode).toBe(400);
    expect(headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(body).toContain('"until"');
    expect((await get('places.ics')).statusCode).toBe(404);
  });

  test('of which only the headers are wanted reads nothing', async () => {
    const statements = await sentStatements(database.sequelize, async () => {
      const { statusCode, headers, body } = await web.app.inject({
        method: 'HEAD',
        url: '/api/v1/places.csv',
      });
      expect({ statusCode, body }).toEqual({ statusCode: 200, body: '' });
      expect(headers['content-disposition']).toBe('attachment; filename="places.csv"');
    });
    expect(statements.filter((sql) => sql.includes('FROM "places"'))).toEqual([]);
  });

  test('of an event in a zone that nobody knows does not end the others', async () => {
    await asAna(() =>
      Event.create({
        name: 'Landing',
        startDate: new Date('2028-01-01T00:00Z'),
        timeZone: 'Mars/Phobos',
        allDay: true,
        timeKnown: false,
      }),
    );
    const calendar = new ICAL.Component(ICAL.parse((await get('events.ics?since=2027-12-01')).body));
    expect(calendar.getAllSubcomponents('vevent')).toHaveLength(1);
  });

  test('is refused to who has four under way, and read no further than they take', async () => {
    const description = 'x'.repeat(4000);
    await asAna(() =>
      Place.bulkCreate(Array.from({ length: 3000 }, (_, n) => ({ name: `Place ${n}`, description }))),
    );
    const address = new URL('/api/v1/places.jsonl', await web.app.listen({ host: '127.0.0.1', port: 0 }));
    const statements = await sentStatements(database.sequelize, async () => {
      const slow = await Promise.all([1, 2, 3, 4].map(() => fetch(address)));
      expect(slow.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      const fifth = await fetch(address);
      expect([fifth.status, fifth.headers.get('retry-after')]).toEqual([429, '30']);
      expect(await fifth.json()).toMatchObject({ code: 'TOO_MANY_REQUESTS' });
      // The server still answers others, and who has done with one may have another.
      expect((await fetch(new URL('/api/v1/places?limit=1', address))).status).toBe(200);
      await Promise.all(slow.map((answer) => answer.body?.cancel()));
    });
    const batches = statements.filter((sql) => /FROM "places".*"id" >/s.test(sql));
    expect(batches.length).toBeLessThan(4 * 10);
    await waitFor('another download is allowed', async () => {
      const again = await fetch(address);
      await again.body?.cancel();
      return again.status === 200;
    });
  });
});
