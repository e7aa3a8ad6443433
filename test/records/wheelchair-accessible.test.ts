import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { placePipeline } from '../../pipelines/place.ts';
import { withUserActor } from '../../src/audit/actors.ts';
import { LogEntry } from '../../src/audit/log-entry.ts';
import type { PropertyValue } from '../../src/extract/item.ts';
import { bindModels } from '../../src/models.ts';
import { Place } from '../../src/records/place.ts';
import { User } from '../../src/records/user.ts';
import { emptyTables } from '../helpers/empty-tables.ts';
import { placeItem, writeBatch } from '../helpers/pipeline-runner.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import { createTestDatabase } from '../helpers/test-database.ts';
import { exportedText } from '../import-export/helpers/exported-text.ts';
import { importText } from '../import-export/helpers/import-text.ts';

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
beforeEach(() => emptyTables(sequelize, 'places', 'runs', 'source_records', 'match_keys', 'suggestions'));

const feature = (name: string, value?: PropertyValue) => ({
  '@type': ['LocationFeatureSpecification'],
  name,
  ...(value !== undefined && { value }),
});
const crawl = (amenityFeature: PropertyValue) =>
  writeBatch(database, placePipeline, [placeItem({ name: 'Town Hall', amenityFeature })]);
const stored = async () => (await Place.findOne({ rejectOnEmpty: true })).wheelchairAccessible;

const cases: [what: string, amenityFeature: PropertyValue, expected: boolean | null][] = [
  ['a feature of that name', [feature('Wheelchair accessible', true)], true],
  ['a feature without a value', [feature('Wheelchair ramp')], true],
  ['a feature whose value is a word', [feature('Wi-Fi', true), feature('WHEELCHAIR access', 'False')], false],
  ['a feature that is not there', feature('wheelchair accessible entrance', false), false],
  ['other features only', [feature('Wi-Fi', true)], null],
  ['a value that is neither', [feature('Wheelchair accessible', 'on request')], null],
];

test.each(cases)('is read from amenityFeature: %s', async (_what, features, expected) => {
  await crawl(features);
  expect(await stored()).toBe(expected);
});

test('is audited, kept by people, exported and imported', async () => {
  await crawl([feature('Wheelchair accessible', true)]);
  const [entry] = await LogEntry.findAll({ where: { model: 'Place' }, order: [['id', 'DESC']], limit: 1 });
  expect(entry?.changes).toMatchObject({ wheelchairAccessible: [null, true] });
  for (const format of ['jsonl', 'csv', 'geojson'] as const) {
    const exported = await exportedText(sequelize, { kind: 'places', format });
    await withUserActor(by, () => Place.update({ wheelchairAccessible: false }, { where: {} }));
    await crawl([feature('Wheelchair accessible', true), feature('Wi-Fi')]);
    expect(await stored()).toBe(false);
    await emptyTables(sequelize, 'places', 'source_records', 'match_keys');
    await importText(sequelize, exported, { by, folder: folder.path, format });
    expect(await stored()).toBe(true);
  }
});
