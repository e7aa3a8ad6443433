import { parse } from 'csv-parse/sync';
import ICAL from 'ical.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bindModels } from '../../../src/models/bind-models.ts';
import { Event } from '../../../src/models/event.ts';
import { Place } from '../../../src/models/place.ts';
import { asAna } from '../../helpers/as-ana.ts';
import { createTestDatabase } from '../../helpers/test-database.ts';
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
  it.each([
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

  it('holds what the words of the list ask for', async () => {
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

  it('is refused with each wrong word, as lists are', async () => {
    const { statusCode, headers, body } = await get('events.csv?until=soon&nonsense=1');
    expect(statusCode).toBe(400);
    expect(headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(body).toContain('"until"');
    expect((await get('places.ics')).statusCode).toBe(404);
  });

  it('holds no connection to the database while it is read slowly', async () => {
    await asAna(() => Place.bulkCreate(Array.from({ length: 3000 }, (_, n) => ({ name: `Place ${n}` }))));
    const address = await web.app.listen({ host: '127.0.0.1', port: 0 });
    // More than the pool has connections: none of them reads on, and the server still answers.
    const slow = await Promise.all(
      Array.from({ length: 30 }, () => fetch(new URL('/api/v1/places.jsonl', address))),
    );
    expect((await fetch(new URL('/api/v1/places?limit=1', address))).status).toBe(200);
    await Promise.all(slow.map((answer) => answer.body?.cancel()));
  });
});
