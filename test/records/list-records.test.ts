import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../src/database/open-database.ts';
import { bindModels } from '../../src/models.ts';
import { listRecords } from '../../src/records/list-records.ts';
import { Place } from '../../src/records/place.ts';
import { asAna } from '../helpers/as-ana.ts';
import { createTestDatabase } from '../helpers/test-database.ts';

let database: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  await bindModels(database);
  const priceRanges = ['b', null, 'a', "'; DROP TABLE places; --", null, 'a', '\\', ''];
  await asAna(() =>
    Place.bulkCreate(
      priceRanges.map((priceRange, index) => ({
        name: `Place ${index + 1}`,
        priceRange,
        latitude: index / 3,
        longitude: 0.1 + 0.2,
      })),
    ),
  );
  // Rows of one moment as JavaScript tells moments apart, and two of one as the database does.
  await asAna(() =>
    database.sequelize.query(
      "UPDATE places SET created_at = '2027-01-01 12:00:00.12345Z'::timestamptz + (id / 2) * interval '1 microsecond'",
    ),
  );
});
afterAll(() => database.close());

async function idsByPage(order: string, limit: number): Promise<string[]> {
  const ids: string[] = [];
  let after: string | null = null;
  do {
    const { records, next }: { records: readonly Place[]; next: string | null } = await listRecords(
      database.sequelize,
      { model: Place, where: {}, order, after, limit },
    );
    ids.push(...records.map(({ id }) => id));
    after = next;
  } while (after !== null);
  return ids;
}

describe('listRecords', () => {
  test.each(['priceRange', '-priceRange', 'createdAt', '-createdAt', 'latitude', '-longitude', 'id', '-id'])(
    'gives the same by %s whatever the size of a page',
    async (order) => {
      const whole = await idsByPage(order, 100);
      expect(whole).toHaveLength(8);
      for (const limit of [1, 2, 3, 8]) expect(await idsByPage(order, limit)).toEqual(whole);
    },
  );

  test('has equal values by id, and empty ones last, in both directions', async () => {
    expect((await idsByPage('priceRange', 2)).slice(-2)).toEqual(['2', '5']);
    expect((await idsByPage('-priceRange', 2)).slice(-2)).toEqual(['5', '2']);
    expect((await idsByPage('priceRange', 1)).filter((id) => ['3', '6'].includes(id))).toEqual(['3', '6']);
    expect(await idsByPage('-createdAt', 3)).toEqual(['8', '7', '6', '5', '4', '3', '2', '1']);
  });

  test('reads only the attributes that are wanted', async () => {
    const { records } = await listRecords(database.sequelize, {
      model: Place,
      where: {},
      order: 'name',
      after: null,
      limit: 1,
      attributes: ['latitude'],
    });
    expect(records.map((record) => [record.id, record.latitude, record.name])).toEqual([['1', 0, undefined]]);
  });
});
