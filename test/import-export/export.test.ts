import { parse } from 'csv-parse/sync';
import ICAL from 'ical.js';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { exportRecords } from '../../src/import-export/export.ts';
import { bindModels } from '../../src/models.ts';
import { Event } from '../../src/records/event.ts';
import { Place } from '../../src/records/place.ts';
import { asAna } from '../helpers/as-ana.ts';
import { emptyTables } from '../helpers/empty-tables.ts';
import { sentStatements } from '../helpers/sent-statements.ts';
import { createTestDatabase } from '../helpers/test-database.ts';
import { exportedText } from './helpers/exported-text.ts';

const database = await createTestDatabase();
const { sequelize } = database;
beforeAll(() => bindModels(database));
afterAll(() => database.close());
beforeEach(() => emptyTables(sequelize, 'places', 'events'));

const hall = { name: 'Town Hall', streetAddress: '1 Main Street', addressLocality: 'Quillport' };
const at = { latitude: 44.05, longitude: -68.98, timeZone: 'America/New_York' };
const concert = { name: 'Concert', startDate: new Date('2027-04-09T23:30Z'), timeZone: 'America/New_York' };
const times = { timeKnown: true, allDay: false };

const placesAs = (format: 'geojson' | 'jsonl' | 'csv', filter = {}) =>
  exportedText(sequelize, { kind: 'places', format, filter });

describe('places', () => {
  test('are features at their point, or without geometry, in GeoJSON', async () => {
    await asAna(() => Place.bulkCreate([{ ...hall, ...at }, { name: 'Somewhere' }]));
    const collection = JSON.parse(await placesAs('geojson'));
    expect(collection.type).toBe('FeatureCollection');
    expect(collection.features).toMatchObject([
      { type: 'Feature', geometry: { type: 'Point', coordinates: [-68.98, 44.05] }, properties: hall },
      { type: 'Feature', geometry: null, properties: { name: 'Somewhere' } },
    ]);
  });

  test('are none in a file that is still valid', async () => {
    expect(JSON.parse(await placesAs('geojson'))).toEqual({ type: 'FeatureCollection', features: [] });
    expect(await placesAs('jsonl')).toBe('');
    expect(parse(await placesAs('csv'), { columns: true })).toEqual([]);
    const calendar = await exportedText(sequelize, { kind: 'events', format: 'ics' });
    expect(new ICAL.Component(ICAL.parse(calendar)).getAllSubcomponents()).toEqual([]);
  });

  test('come in batches, each once and in order, all that fit and no other', async () => {
    await asAna(() =>
      Place.bulkCreate(
        Array.from({ length: 1203 }, (_, n) => ({ name: `Place ${n}`, isClosed: n % 2 === 1 })),
      ),
    );
    const lines = (await placesAs('jsonl', { isClosed: 'false' })).trim().split('\n');
    const names = lines.map((line) => JSON.parse(line).name);
    expect(names).toEqual(Array.from({ length: 602 }, (_, n) => `Place ${2 * n}`));
  });

  test('are as they were at one moment, whatever is written while somebody reads', async () => {
    await asAna(() => Place.bulkCreate(Array.from({ length: 600 }, (_, n) => ({ name: `Place ${n}` }))));
    const pieces = exportRecords(sequelize, { kind: 'places', format: 'jsonl' });
    await pieces.next();
    await pieces.next();
    await asAna(async () => {
      await Place.update({ name: 'Renamed' }, { where: {} });
      await Place.create({ name: 'New' });
    });
    const rest = (await Array.fromAsync(pieces)).join('');
    expect(rest).toContain('"Place 599"');
    expect(rest).not.toMatch(/Renamed|New/);
  });

  test('are read no further than somebody asks, and give the connection back when nobody does', async () => {
    await asAna(() => Place.bulkCreate(Array.from({ length: 1200 }, (_, n) => ({ name: `Place ${n}` }))));
    const statements = await sentStatements(sequelize, async () => {
      const pieces = exportRecords(sequelize, { kind: 'places', format: 'jsonl' });
      await pieces.next();
      await pieces.next();
      await pieces.return(undefined);
    });
    expect(statements.filter((sql) => sql.includes('FROM "places"'))).toHaveLength(1);
    const [open] = await sequelize.query(
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'`,
    );
    expect(open).toEqual([]);
  });

  test('hold no cell in CSV that a spreadsheet would run, and their numbers stay numbers', async () => {
    const name = '=HYPERLINK("http://evil.example","click")';
    await asAna(() => Place.create({ name, ...at, description: 'a "quoted",\r\nlong text' }));
    const text = await placesAs('csv');
    const [row] = parse<Record<string, string>>(text, { columns: true });
    expect(row).toMatchObject({ name: `'${name}`, longitude: '-68.98' });
    expect(row?.description).toBe('a "quoted",\r\nlong text');
  });

  test('are no calendar', () => {
    expect(() => exportRecords(sequelize, { kind: 'places', format: 'ics' })).toThrow(
      expect.objectContaining({ code: 'USAGE', message: 'places cannot be exported as ics; events can.' }),
    );
  });
});

describe('events in iCalendar', () => {
  const eventsOf = async () => {
    const text = await exportedText(sequelize, { kind: 'events', format: 'ics' });
    return new ICAL.Component(ICAL.parse(text)).getAllSubcomponents('vevent').map((component) => ({
      component,
      event: new ICAL.Event(component),
    }));
  };

  test('begin and end at their instants, at their place', async () => {
    await asAna(async () => {
      const place = await Place.create({ ...hall, ...at });
      const endDate = new Date('2027-04-10T02:00Z');
      await Event.create({ ...concert, ...times, endDate, placeId: place.id });
    });
    const [found] = await eventsOf();
    expect(found?.event.summary).toBe('Concert');
    expect(found?.event.startDate.toJSDate()).toEqual(new Date('2027-04-09T23:30Z'));
    expect(found?.event.endDate.toJSDate()).toEqual(new Date('2027-04-10T02:00Z'));
    expect(found?.event.location).toBe('Town Hall\n1 Main Street, Quillport');
    expect(found?.component.getFirstPropertyValue('geo')).toEqual([44.05, -68.98]);
  });

  test('without a time of day are days of their own zone, and end on the day after the last', async () => {
    const [startDate, endDate] = [new Date('2027-04-09T04:00Z'), new Date('2027-04-11T04:00Z')];
    await asAna(() => Event.create({ ...concert, startDate, endDate, allDay: true, timeKnown: false }));
    const [found] = await eventsOf();
    expect(found?.event.startDate.isDate).toBe(true);
    expect([found?.event.startDate.toString(), found?.event.endDate.toString()]).toEqual([
      '2027-04-09',
      '2027-04-12',
    ]);
  });

  test('say whether they were cancelled, and keep their name when they change', async () => {
    const event = await asAna(() => Event.create({ ...concert, ...times }));
    const [before] = await eventsOf();
    await asAna(() => event.update({ status: 'EventCancelled', name: 'No concert' }));
    const [after] = await eventsOf();
    expect(after?.component.getFirstPropertyValue('status')).toBe('CANCELLED');
    expect(after?.event.uid).toBe(before?.event.uid);
  });

  test('cannot be given properties of their own by what was scraped', async () => {
    const name = 'Concert\r\nATTACH:http://evil.example/x\nEND:VEVENT';
    await asAna(() => Event.create({ ...concert, ...times, name, description: 'a;b,c\\n' }));
    const found = await eventsOf();
    expect(found).toHaveLength(1);
    expect(found[0]?.component.getFirstProperty('attach')).toBeNull();
    expect(found[0]?.event.description).toBe('a;b,c\\n');
  });
});
