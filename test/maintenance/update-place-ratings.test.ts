import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { placePipeline } from '../../pipelines/place.ts';
import { withSystemActor } from '../../src/audit/actors.ts';
import { mergePlaces } from '../../src/maintenance/merge-places.ts';
import { updatePlaceRatings } from '../../src/maintenance/update-place-ratings.ts';
import { bindModels } from '../../src/models/bind-models.ts';
import { Place } from '../../src/records/place.ts';
import { asAna } from '../helpers/as-ana.ts';
import { emptyTables } from '../helpers/empty-tables.ts';
import { logOf } from '../helpers/log-of.ts';
import { placeItem, testSource, writeBatch } from '../helpers/pipeline-runner.ts';
import { createTestDatabase } from '../helpers/test-database.ts';

const database = await createTestDatabase();
const { sequelize } = database;
beforeAll(() => bindModels(database));
afterAll(() => database.close());
beforeEach(() => emptyTables(sequelize, 'places', 'runs', 'source_records', 'match_keys', 'released_fields'));

const update = () => withSystemActor(() => updatePlaceRatings(sequelize));

/** What a source of that name says of the one hall, or of another one. */
function rate(source: string, ratingValue: number, ratingCount: number, name = 'Town Hall') {
  const address = {
    '@type': ['PostalAddress'],
    streetAddress: '1 Main Street',
    addressLocality: 'Springfield',
  };
  const aggregateRating = { '@type': ['AggregateRating'], ratingValue, ratingCount };
  const item = placeItem({ name, address, aggregateRating }, `https://${source}.example/${name}`);
  return writeBatch(database, placePipeline, [item], {
    source: testSource({ name: source, spider: 'places' }),
  });
}

const flag = () => asAna(() => Place.update({ needsRatingUpdate: true }, { where: {} }));
const rating = async () => (await Place.findAll({ order: ['id'] }))[0]?.aggregateRating;

test('the rating is the mean of the last one of each source, and the mark is cleared', async () => {
  await rate('guide', 2, 10);
  await rate('guide', 4.5, 100);
  await rate('town', 3, 50);
  await flag();
  expect(await update()).toEqual({
    state: 'finished',
    counts: { examined: 1, changed: 1, leftToPeople: 0, undoneBefore: 0 },
  });
  expect(await rating()).toEqual({ ratingValue: 4, ratingCount: 150, bestRating: 5 });
  const [entry] = (await logOf('Place')).slice(-1);
  expect(entry).toMatchObject({
    actorEmail: 'system@vibemap.com',
    changes: { needsRatingUpdate: [true, false] },
  });
  expect((await update()).counts).toEqual({ examined: 0 });
});

test('a place that several sources rate is marked when one of them says something new, others are not', async () => {
  await rate('guide', 4.5, 100);
  await rate('guide', 4.4, 110);
  expect(await Place.count({ where: { needsRatingUpdate: true } })).toBe(0);
  await rate('town', 3, 50);
  expect(await Place.count({ where: { needsRatingUpdate: true } })).toBe(1);
  await update();
  await rate('guide', 4.5, 100);
  expect(await rating()).toMatchObject({ ratingCount: 100 });
  await update();
  expect(await rating()).toEqual({ ratingValue: 4, ratingCount: 150, bestRating: 5 });
});

test('what a person wrote stays, and so does a rating of which no source is known', async () => {
  await rate('guide', 4.5, 100);
  const own = { ratingValue: 1, ratingCount: 1, bestRating: 5 };
  await asAna(() => Place.update({ aggregateRating: own }, { where: {} }));
  await flag();
  expect((await update()).counts).toMatchObject({ examined: 1, changed: 1, leftToPeople: 1 });
  expect(await rating()).toEqual(own);
  expect(await Place.count({ where: { needsRatingUpdate: true } })).toBe(0);
});

test('the ratings of merged duplicates count', async () => {
  await rate('guide', 4.5, 100);
  await rate('town', 3, 50, 'The Town Hall');
  const [stays, goes] = await Place.findAll({ order: ['id'] });
  await asAna(() => mergePlaces(sequelize, { placeId: stays?.id ?? '', duplicateIds: [goes?.id ?? ''] }));
  expect((await update()).counts).toMatchObject({ examined: 1, changed: 1 });
  expect(await rating()).toEqual({ ratingValue: 4, ratingCount: 150, bestRating: 5 });
});
