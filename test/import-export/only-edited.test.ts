import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { withUserActor } from '../../src/audit/index.ts';
import { bindModels } from '../../src/models.ts';
import { Event } from '../../src/records/event.ts';
import { Place } from '../../src/records/place.ts';
import { User } from '../../src/records/user.ts';
import { emptyTables } from '../helpers/empty-tables.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import { createTestDatabase } from '../helpers/test-database.ts';
import { exportedText } from './helpers/exported-text.ts';
import { importText } from './helpers/import-text.ts';

const database = await createTestDatabase();
const { sequelize } = database;
const folder = await temporaryFolder();
const setup = { id: null, email: 'setup@example.org' };
let by: User;

beforeAll(() => bindModels(database));
afterAll(async () => {
  await database.close();
  await folder[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await emptyTables(sequelize, 'users', 'places', 'events', 'runs', 'source_records', 'match_keys');
  by = await withUserActor(setup, () =>
    User.create({ email: 'ana@example.org', username: 'ana', role: 'admin', passwordHash: null }),
  );
});

/** What the API takes, and no reader would leave as it is. */
const place = {
  name: `A  name of two spaces ${'n'.repeat(378)}`,
  description: `<b>Not</b> HTML\n\n\nbut lines ${'d'.repeat(21_000)}`,
  url: 'https://example.org/?utm_source=here#there',
  sameAs: Array.from({ length: 30 }, (_, n) => `https://example.org/${n}`),
  identifier: 'i'.repeat(300),
  streetAddress: 's'.repeat(400),
  addressLocality: 'Longtown',
  postalCode: 'p'.repeat(50),
  addressCountry: 'US',
  latitude: 40.123456789,
  longitude: -75,
  timeZone: 'Europe/Berlin',
  telephone: '+13125550100',
  email: 'old@example.org',
  openingHours: ['By appointment'],
  priceRange: 'r'.repeat(58),
  categories: ['One, two', 'c'.repeat(100)],
};
const changedFields = (model: string) =>
  sequelize
    .query('SELECT changes FROM log_entries WHERE model = $1 ORDER BY id DESC LIMIT 1', { bind: [model] })
    .then(([rows]) => rows);

test.each(['jsonl', 'csv', 'geojson'] as const)(
  'a %s export in which only the e-mail was edited changes only the e-mail',
  async (format) => {
    const { id } = await withUserActor(setup, () => Place.create(place));
    const exported = await exportedText(sequelize, { kind: 'places', format });
    const edited = exported.replace('old@example.org', 'new@example.org');
    const result = await importText(sequelize, edited, { by, folder: folder.path, format });
    expect(result).toMatchObject({ updated: 1, created: 0, rejected: 0 });
    const {
      id: _id,
      createdAt,
      updatedAt,
      ...stored
    } = (await Place.findByPk(id, { rejectOnEmpty: true })).get();
    expect(stored).toMatchObject({ ...place, email: 'new@example.org' });
    expect(await changedFields('Place')).toEqual([
      { changes: { email: ['old@example.org', 'new@example.org'] } },
    ]);
  },
);

test('an export of events in which only the organizer was edited changes only the organizer', async () => {
  const event = {
    name: `A  talk ${'n'.repeat(400)}`,
    description: 'd'.repeat(21_000),
    startDate: new Date('2027-05-09T19:00:00Z'),
    timeZone: 'America/Chicago',
    organizer: 'Old',
    performers: Array.from({ length: 60 }, (_, n) => `Singer ${n}`),
    series: 's'.repeat(500),
  };
  const { id } = await withUserActor(setup, () => Event.create(event));
  const exported = await exportedText(sequelize, { kind: 'events', format: 'jsonl' });
  const edited = exported.replace('"Old"', '"New"');
  await importText(sequelize, edited, { by, folder: folder.path, kind: 'events', format: 'jsonl' });
  expect(await Event.findByPk(id)).toMatchObject({ ...event, organizer: 'New' });
  expect(await changedFields('Event')).toEqual([{ changes: { organizer: ['Old', 'New'] } }]);
});

test('a text that is too long for its field is named and not cut', async () => {
  const { id } = await withUserActor(setup, () => Place.create({ name: 'Town Hall', priceRange: '$$' }));
  const exported = await exportedText(sequelize, { kind: 'places', format: 'jsonl' });
  const unread: string[] = [];
  await importText(sequelize, exported.replace('"$$"', `"${'€'.repeat(101)}"`), {
    by,
    folder: folder.path,
    format: 'jsonl',
    onUnread: (values) => unread.push(...values.map(({ field }) => field)),
  });
  expect(unread).toEqual(['priceRange']);
  expect(await Place.findByPk(id)).toMatchObject({ priceRange: '$$' });
});

test('a place that is moved in a row gets the time zone of where it is now', async () => {
  const { id } = await withUserActor(setup, () =>
    Place.create({ name: 'Barge', latitude: 41.88, longitude: -87.63, timeZone: 'America/Chicago' }),
  );
  const exported = await exportedText(sequelize, { kind: 'places', format: 'jsonl' });
  const moved = exported.replace('41.88', '52.52').replace('-87.63', '13.4');
  await importText(sequelize, moved, { by, folder: folder.path, format: 'jsonl' });
  expect(await Place.findByPk(id)).toMatchObject({ latitude: 52.52, timeZone: 'Europe/Berlin' });
});
