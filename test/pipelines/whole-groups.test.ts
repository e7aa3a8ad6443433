import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { placePipeline } from '../../pipelines/place.ts';
import { withUserActor } from '../../src/audit/index.ts';
import { bindModels } from '../../src/models.ts';
import { Place } from '../../src/records/place.ts';
import { Suggestion } from '../../src/write-policy/models.ts';
import { emptyTables } from '../helpers/empty-tables.ts';
import { placeItem, writeBatch } from '../helpers/pipeline-runner.ts';
import { createTestDatabase } from '../helpers/test-database.ts';

const database = await createTestDatabase();

beforeAll(() => bindModels(database));
afterAll(() => database.close());
beforeEach(() =>
  emptyTables(
    database.sequelize,
    'places',
    'runs',
    'source_records',
    'match_keys',
    'holds',
    'suggestions',
    'released_fields',
  ),
);

const crawl = (address: Record<string, string>) =>
  writeBatch(database, placePipeline, [
    placeItem({
      '@id': 'https://town.example/place/1',
      name: 'Boat House',
      address: { '@type': ['PostalAddress'], ...address },
    }),
  ]);
const portland = {
  streetAddress: '1 Main St',
  addressLocality: 'Portland',
  addressRegion: 'ME',
  postalCode: '04101',
};
const correctStreet = () =>
  withUserActor({ id: null, email: 'ana@example.org' }, () =>
    Place.update({ streetAddress: '1 Main Street, rear entrance' }, { where: {} }),
  );
const corrected = { ...portland, streetAddress: '1 Main Street, rear entrance' };

test('no part of a new address is written beside the street that a person corrected; all become suggestions', async () => {
  await crawl(portland);
  await correctStreet();
  const moved = { streetAddress: '900 Ocean Ave', addressLocality: 'Biddeford', postalCode: '04005' };
  const counts = await crawl({ ...moved, addressRegion: 'ME' });
  expect(await Place.findOne()).toMatchObject(corrected);
  expect(counts).toMatchObject({ updated: 0, suggested: 3 });
  const suggested = await Suggestion.findAll();
  expect(Object.fromEntries(suggested.map(({ field, value }) => [field, value]))).toEqual(moved);
});

test('a page that leaves the street out writes no other town beside a corrected street either', async () => {
  await crawl(portland);
  await correctStreet();
  await crawl({ addressLocality: 'Biddeford', addressRegion: 'ME' });
  expect(await Place.findOne()).toMatchObject(corrected);
  expect(await Suggestion.findAll()).toMatchObject([{ field: 'addressLocality', value: 'Biddeford' }]);
});

test('what a source adds to an address that it agrees with is written', async () => {
  await crawl({ streetAddress: '1 Main St' });
  await withUserActor({ id: null, email: 'ana@example.org' }, () =>
    Place.update({ addressLocality: 'Portland' }, { where: {} }),
  );
  await crawl(portland);
  expect(await Place.findAll()).toMatchObject([portland]);
});

test('texts are kept up to the limits of their fields', async () => {
  const long = { name: 'n'.repeat(600), description: 'd'.repeat(100_100), priceRange: 'p'.repeat(120) };
  await writeBatch(database, placePipeline, [placeItem({ ...long, identifier: 'i'.repeat(700) })]);
  const place = await Place.findOne({ rejectOnEmpty: true });
  const { name, description, priceRange, identifier } = place;
  const lengths = [name, description, priceRange, identifier].map((text) => text?.length);
  expect(lengths).toEqual([500, 100_000, 100, 600]);
});
