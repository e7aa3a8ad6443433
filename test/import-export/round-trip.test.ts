import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withUserActor } from '../../src/audit/actors.ts';
import { bindModels } from '../../src/models.ts';
import { Event } from '../../src/records/event.ts';
import { Place } from '../../src/records/place.ts';
import { User } from '../../src/records/user.ts';
import { asAna } from '../helpers/as-ana.ts';
import { emptyTables } from '../helpers/empty-tables.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import { createTestDatabase } from '../helpers/test-database.ts';
import { exportedText } from './helpers/exported-text.ts';
import { importText } from './helpers/import-text.ts';

const database = await createTestDatabase();
const { sequelize } = database;
const folder = await temporaryFolder();
let by: User;
beforeAll(async () => {
  await bindModels(database);
  by = await withUserActor({ id: null, email: 'setup@example.org' }, () =>
    User.create({ email: 'ana@example.org', username: 'ana', role: 'admin', passwordHash: null }),
  );
});
afterAll(async () => {
  await database.close();
  await folder[Symbol.asyncDispose]();
});

const numRuns = process.env.HOTSPOTS_TEST_LONG === '1' ? 300 : 12;
const formats = ['jsonl', 'csv', 'geojson'] as const;
const tables = ['places', 'events', 'runs', 'source_records', 'match_keys', 'rejected_items'] as const;

/** Words as the pipelines leave them: what they would tidy up is not theirs to bring back. */
const words = fc
  .array(
    fc.constantFrom(
      'Harbour',
      'Café',
      '=SUM(A1)',
      '-1',
      '@home',
      '"quoted"',
      'a,b',
      '灯台',
      "'tis",
      "'=1",
      '＝1',
      '🎭',
    ),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  .map((list) => list.join(' '));
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });

const place = fc.record({
  name: words,
  description: optional(fc.tuple(words, words).map((lines) => lines.join('\n'))),
  url: optional(fc.nat(999).map((n) => `https://town.example/places/${n}`)),
  telephone: optional(fc.nat(99).map((n) => `+120755501${String(n).padStart(2, '0')}`)),
  email: optional(fc.nat(99).map((n) => `hall${n}@town.example`)),
  priceRange: optional(fc.constantFrom('$', '$$')),
  categories: fc.subarray(['Library', 'Museum', 'MusicVenue']),
  openingHours: fc.subarray(['Tu-Fr 10:00-17:00', 'Sa-Su 11:00-16:00']),
});

const days = (n: number) => new Date(Date.UTC(2027, 3, 1 + n, 4));
const event = fc.record({
  name: words,
  description: optional(words),
  organizer: optional(words),
  performers: fc.uniqueArray(words, { maxLength: 3 }),
  isAccessibleForFree: optional(fc.boolean()),
  status: fc.constantFrom('EventScheduled', 'EventCancelled', 'EventPostponed'),
  hour: fc.integer({ min: 9, max: 22 }),
  length: optional(fc.integer({ min: 1, max: 5 })),
  isDay: fc.boolean(),
});

const own = ['id', 'placeId', 'createdAt', 'updatedAt'];
const valuesOf = (records: readonly (Place | Event)[]) =>
  records
    .map((record) => {
      const values: Record<string, unknown> = { ...record.get() };
      for (const name of own) delete values[name];
      return values;
    })
    .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

test('places come back from an export as they were, and a second import changes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(place, { minLength: 1, maxLength: 6 }),
      fc.constantFrom(...formats),
      async (given, format) => {
        await emptyTables(sequelize, ...tables);
        await asAna(() =>
          Place.bulkCreate(
            // Each somewhere else, in one zone: otherwise they would be the same place.
            given.map((values, n) => ({
              ...values,
              streetAddress: `${n + 1} Main Street`,
              addressLocality: `Town ${n}`,
              latitude: 40 + n / 10,
              longitude: -75,
              timeZone: 'America/New_York',
            })),
          ),
        );
        const before = valuesOf(await Place.findAll());
        const text = await exportedText(sequelize, { kind: 'places', format });
        await emptyTables(sequelize, ...tables);
        const first = await importText(sequelize, text, { by, folder: folder.path, format });
        expect(first).toMatchObject({ created: given.length, rejected: 0, ignoredFields: [] });
        expect(valuesOf(await Place.findAll())).toEqual(before);
        const again = await importText(sequelize, text, { by, folder: folder.path, format });
        expect(again).toMatchObject({ created: 0, updated: 0, unchanged: given.length });
      },
    ),
    { numRuns },
  );
});

test('events come back with their places and times, and a second import changes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(event, { minLength: 1, maxLength: 6 }),
      fc.constantFrom(...formats),
      async (given, format) => {
        await emptyTables(sequelize, ...tables);
        await asAna(async () => {
          const { id: placeId } = await Place.create({
            name: 'Town Hall',
            streetAddress: '1 Main Street',
            addressLocality: 'Quillport',
            latitude: 40,
            longitude: -75,
            timeZone: 'America/New_York',
          });
          await Event.bulkCreate(
            given.map(({ hour, length, isDay, ...values }, n) => {
              const start = isDay ? days(n) : new Date(days(n).getTime() + hour * 3_600_000);
              const end = isDay
                ? days(n + (length ?? 0))
                : new Date(start.getTime() + (length ?? 0) * 3_600_000);
              const hasEnd = length !== null;
              return {
                ...values,
                placeId,
                startDate: start,
                endDate: hasEnd ? end : null,
                timeZone: 'America/New_York',
                allDay: isDay && hasEnd,
                timeKnown: !isDay,
              };
            }),
          );
        });
        const before = valuesOf(await Event.findAll());
        const text = await exportedText(sequelize, { kind: 'events', format });
        await emptyTables(sequelize, ...tables);
        const options = { by, folder: folder.path, kind: 'events', format } as const;
        const first = await importText(sequelize, text, options);
        expect(first).toMatchObject({ created: given.length + 1, rejected: 0, ignoredFields: [] });
        expect(valuesOf(await Event.findAll())).toEqual(before);
        expect(await Place.count()).toBe(1);
        const again = await importText(sequelize, text, options);
        expect(again).toMatchObject({ created: 0, updated: 0, unchanged: given.length });
      },
    ),
    { numRuns },
  );
});
