import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { placePipeline } from '../../../pipelines/place.ts';
import { withSystemActor } from '../../../src/audit/actors.ts';
import { bindModels } from '../../../src/models.ts';
import { mergePlaces } from '../../../src/records/operations/merge-places.ts';
import { combineRatings, updatePlaceRatings } from '../../../src/records/operations/ratings.ts';
import { Place } from '../../../src/records/place.ts';
import { asAna } from '../../helpers/as-ana.ts';
import { emptyTables } from '../../helpers/empty-tables.ts';
import { logOf } from '../../helpers/log-of.ts';
import { placeItem, testSource, writeBatch } from '../../helpers/pipeline-runner.ts';
import { createTestDatabase } from '../../helpers/test-database.ts';

describe('combine ratings', () => {
  const of5 = (ratingValue: number, ratingCount: number | null) => ({
    ratingValue,
    ratingCount,
    bestRating: 5,
  });

  test.each([
    ['none', [], null],
    [
      'one, as it is',
      [{ ratingValue: 8.5, ratingCount: 3, bestRating: 10 }],
      { ratingValue: 8.5, ratingCount: 3, bestRating: 10 },
    ],
    ['two, by how many ratings they count', [of5(4.5, 100), of5(3, 50)], of5(4, 150)],
    [
      'one scale of 10',
      [
        { ...of5(9, 1), bestRating: 10 },
        { ...of5(7, 1), bestRating: 10 },
      ],
      { ratingValue: 8, ratingCount: 2, bestRating: 10 },
    ],
    ['two scales, as of 5', [{ ...of5(8, 1), bestRating: 10 }, of5(5, 3)], of5(4.75, 4)],
    ['one without a count, as one', [of5(5, null), of5(4, 3)], of5(4.25, 3)],
    ['none with a count', [of5(5, null), of5(4, null)], of5(4.5, null)],
    ['nobody rated', [of5(0, 0), of5(4, 0)], of5(0, 0)],
  ])('ratings of sources are combined: %s', (_, ratings, combined) => {
    expect(combineRatings(ratings)).toEqual(combined);
  });

  test('a combined rating lies between the lowest and the highest, whatever the scales', () => {
    const rating = fc
      .record({
        share: fc.double({ min: 0, max: 1, noNaN: true }),
        ratingCount: fc.option(fc.nat(1e6)),
        bestRating: fc.integer({ min: 1, max: 100 }),
      })
      .map(({ share, ratingCount, bestRating }) => ({
        ratingValue: share * bestRating,
        ratingCount,
        bestRating,
      }));
    fc.assert(
      fc.property(fc.array(rating, { minLength: 1 }), (ratings) => {
        const combined = combineRatings(ratings);
        const shares = ratings.map(({ ratingValue, bestRating }) => ratingValue / bestRating);
        const share = (combined?.ratingValue ?? -1) / (combined?.bestRating ?? 1);
        expect(share).toBeGreaterThanOrEqual(Math.min(...shares) - 0.01);
        expect(share).toBeLessThanOrEqual(Math.max(...shares) + 0.01);
      }),
    );
  });
});

describe('update place ratings', async () => {
  const database = await createTestDatabase();
  const { sequelize } = database;
  beforeAll(() => bindModels(database));
  afterAll(() => database.close());
  beforeEach(() =>
    emptyTables(sequelize, 'places', 'runs', 'source_records', 'match_keys', 'released_fields'),
  );

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
});
