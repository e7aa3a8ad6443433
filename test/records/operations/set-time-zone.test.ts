import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { withSystemActor } from '../../../src/audit/actors.ts';
import { LogEntry } from '../../../src/audit/log-entry.ts';
import { bindModels } from '../../../src/models.ts';
import { backfillFields, backfillPlaces } from '../../../src/records/operations/backfill-places.ts';
import { setTimeZone } from '../../../src/records/operations/set-time-zone.ts';
import { Place } from '../../../src/records/place.ts';
import { SourceRecord } from '../../../src/records/sources.ts';
import { asAna } from '../../helpers/as-ana.ts';
import { emptyTables } from '../../helpers/empty-tables.ts';
import { createTestDatabase } from '../../helpers/test-database.ts';

const database = await createTestDatabase();
const { sequelize } = database;
beforeAll(() => bindModels(database));
afterAll(() => database.close());
beforeEach(() => emptyTables(sequelize, 'places', 'source_records'));

/** As a scraper of an earlier version would have: the fields are nobody's of those whom a command must respect. */
const create = (values: Partial<Place> & { name: string }) => withSystemActor(() => Place.create(values));
const stored = async (field: 'timeZone' | 'telephone' | 'addressCountry') =>
  (await Place.findAll({ order: ['id'] })).map((place) => place[field]);
const springfield = { addressLocality: 'Springfield', latitude: 39.8, longitude: -89.64 };

test('the time zone of the places of a city is set from their coordinates, but not what a person wrote', async () => {
  await create({ name: 'Hall', ...springfield });
  await create({ name: 'Museum', ...springfield, addressLocality: 'SPRINGFIELD', timeZone: 'UTC' });
  await create({ name: 'School', addressLocality: 'Springfield' });
  await create({ name: 'Library', ...springfield, addressLocality: 'Shelbyville' });
  const kept = await create({ name: 'Zoo', ...springfield });
  await asAna(() => kept.update({ timeZone: 'America/New_York' }));
  const result = await withSystemActor(() => setTimeZone(sequelize, { city: 'Springfield', zone: null }));
  expect(result).toEqual({
    state: 'finished',
    counts: { examined: 4, changed: 2, unknown: 1, leftToPeople: 1, undoneBefore: 0 },
  });
  expect(await stored('timeZone')).toEqual([
    'America/Chicago',
    'America/Chicago',
    null,
    null,
    'America/New_York',
  ]);
  const entries = await LogEntry.findAll({ where: { action: 1 }, order: ['id'] });
  expect(entries.slice(1).map(({ changes, actorEmail }) => [changes, actorEmail])).toEqual([
    [{ timeZone: [null, 'America/Chicago'] }, 'system@vibemap.com'],
    [{ timeZone: ['UTC', 'America/Chicago'] }, 'system@vibemap.com'],
  ]);
});

test('a zone that is named is given to all places of the city, and again changes nothing', async () => {
  await create({ name: 'Hall', addressLocality: 'Springfield' });
  await create({ name: 'Museum', ...springfield });
  const set = () =>
    withSystemActor(() => setTimeZone(sequelize, { city: 'springfield', zone: 'America/Denver' }));
  expect((await set()).counts).toMatchObject({ examined: 2, changed: 2 });
  expect(await stored('timeZone')).toEqual(['America/Denver', 'America/Denver']);
  expect((await set()).counts).toMatchObject({ examined: 2, changed: 0 });
});

const backfill = (fields = [...backfillFields]) =>
  withSystemActor(() =>
    backfillPlaces(sequelize, {
      fields,
      countries: new Map([
        ['town', 'US'],
        ['guide', 'CA'],
        ['other', 'US'],
      ]),
    }),
  );

async function foundBy(placeId: string, ...sources: string[]): Promise<void> {
  for (const sourceName of sources) {
    await SourceRecord.create({
      kind: 'place',
      sourceName,
      externalId: placeId,
      url: 'https://town.example/',
      placeId,
      eventId: null,
      lastSeenRunId: null,
      pageKey: crypto.randomUUID(),
      contentHash: crypto.randomUUID(),
    });
  }
}

test('what can be known of a place by now is filled, one thing with the help of another', async () => {
  const hall = await create({ name: 'Hall', streetAddress: '1 Main Street', telephone: '(217) 555-2671' });
  const museum = await create({ name: 'Museum', streetAddress: '2 Main Street' });
  await create({ name: 'Library', addressCountry: 'DE', telephone: '030 901820' });
  await create({ name: 'Zoo', latitude: 39.8, longitude: -89.64, telephone: '+12175552672' });
  await create({ name: 'Nowhere', telephone: 'ask at the bar' });
  await foundBy(hall.id, 'town', 'other');
  await foundBy(museum.id, 'town', 'guide');
  expect((await backfill()).counts).toEqual({ examined: 5, changed: 3, leftToPeople: 0, undoneBefore: 0 });
  expect(await stored('addressCountry')).toEqual(['US', null, 'DE', null, null]);
  expect(await stored('telephone')).toEqual([
    '+12175552671',
    null,
    '+4930901820',
    '+12175552672',
    'ask at the bar',
  ]);
  expect(await stored('timeZone')).toEqual([null, null, 'Europe/Berlin', 'America/Chicago', null]);
  expect((await backfill()).counts).toMatchObject({ changed: 0 });
});

test('only the fields that are asked for are filled', async () => {
  await create({ name: 'Library', addressCountry: 'DE', telephone: '030 901820' });
  await backfill(['telephone']);
  expect(await stored('telephone')).toEqual(['+4930901820']);
  expect(await stored('timeZone')).toEqual([null]);
});
