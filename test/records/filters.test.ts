import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../src/database/open-database.ts';
import { bindModels } from '../../src/models.ts';
import { Event } from '../../src/records/event.ts';
import { eventFilterSchema, eventWhere, placeFilterSchema, placeWhere } from '../../src/records/filters.ts';
import { distance } from '../../src/records/match/places.ts';
import { Place } from '../../src/records/place.ts';
import { asAna } from '../helpers/as-ana.ts';
import { createTestDatabase } from '../helpers/test-database.ts';

interface Point {
  readonly latitude: number;
  readonly longitude: number;
}

let database: Database;
let places: Place[];

/** Where a search is hard: at the poles, at the 180th meridian, on the equator; and where people are. */
const centres: readonly Point[] = [
  { latitude: 90, longitude: 0 },
  { latitude: -89.95, longitude: 120 },
  { latitude: 89.2, longitude: -180 },
  { latitude: -16.9, longitude: 179.99 },
  { latitude: 52, longitude: -179.999 },
  { latitude: 0, longitude: 180 },
  { latitude: 0, longitude: 0 },
  { latitude: 42.5, longitude: -70.9 },
];
/** Metres to the north and east. */
const offsets = [0, 1, -900, 1100, 40_000, -99_000, 150_000];

beforeAll(async () => {
  database = await createTestDatabase();
  await bindModels(database);
  const points = centres.flatMap((centre) =>
    offsets.flatMap((north) => offsets.map((east) => moved(centre, north, east))),
  );
  places = await asAna(() =>
    Place.bulkCreate([
      ...points.map((point, index) => ({ name: `Place ${index}`, ...point })),
      { name: 'Nobody knows where' },
    ]),
  );
  const event = { name: 'Fair', timeZone: 'UTC', startDate: new Date('2027-05-09') };
  await asAna(() => Event.bulkCreate(places.map(({ id }) => ({ ...event, placeId: id }))));
});
afterAll(() => database.close());

const metresPerDegree = 111_195;

/** Roughly: what matters is that the points are spread about. */
function moved({ latitude, longitude }: Point, north: number, east: number): Point {
  const turned = latitude + north / metresPerDegree;
  const width = Math.max(0.01, Math.cos((Math.min(90, Math.abs(turned)) * Math.PI) / 180));
  const meridian = longitude + east / metresPerDegree / width;
  return {
    latitude: Math.max(-90, Math.min(90, turned)),
    longitude: ((((meridian + 180) % 360) + 360) % 360) - 180,
  };
}

async function near(point: Point, radius: number): Promise<string[]> {
  const filter = placeFilterSchema.parse({ near: word(point), radius: String(radius) });
  const found = await Place.findAll({ attributes: ['id'], where: placeWhere(filter), order: ['id'] });
  return found.map(({ id }) => id);
}

/** As it stands in an address: without exponents. */
function word({ latitude, longitude }: Point): string {
  return `${latitude.toFixed(9)},${longitude.toFixed(9)}`;
}

const coordinate = (most: number) =>
  fc.double({ min: -most, max: most, noNaN: true }).map((value) => Number(value.toFixed(9)));
const point = fc.oneof(
  fc.constantFrom(...centres),
  fc
    .tuple(
      fc.constantFrom(...centres),
      fc.integer({ min: -120_000, max: 120_000 }),
      fc.integer({ min: -120_000, max: 120_000 }),
    )
    .map(([centre, north, east]) => moved(centre, north, east))
    .map(({ latitude, longitude }) => ({
      latitude: Number(latitude.toFixed(9)),
      longitude: Number(longitude.toFixed(9)),
    })),
  fc.record({ latitude: coordinate(90), longitude: coordinate(180) }),
);

describe('near', () => {
  test('finds exactly the places whose distance is within the radius', async () => {
    await fc.assert(
      fc.asyncProperty(point, fc.integer({ min: 1, max: 100_000 }), async (centre, radius) => {
        const expected = places.filter(({ latitude, longitude }) => {
          if (latitude === null || longitude === null) return false;
          return distance(centre, { latitude, longitude }) <= radius;
        });
        expect(await near(centre, radius)).toEqual(expected.map(({ id }) => id));
      }),
      { numRuns: 100 },
    );
  });

  test('is exact to a centimetre', async () => {
    await fc.assert(
      fc.asyncProperty(point, async (centre) => {
        const distances = places.flatMap(({ id, latitude, longitude }) =>
          latitude === null || longitude === null
            ? []
            : [{ id, metres: distance(centre, { latitude, longitude }) }],
        );
        const farthest = distances
          .filter(({ metres }) => metres > 1 && metres < 99_999)
          .sort((a, b) => b.metres - a.metres)[0];
        fc.pre(farthest !== undefined);
        const { id, metres } = farthest;
        expect(await near(centre, Number((metres + 0.01).toFixed(3)))).toContain(id);
        expect(await near(centre, Number((metres - 0.01).toFixed(3)))).not.toContain(id);
      }),
      { numRuns: 40 },
    );
  });

  test('finds what is on the other side of the 180th meridian and of a pole', async () => {
    const here = async (latitude: number, longitude: number, radius: number) =>
      (await near({ latitude, longitude }, radius)).length;
    const [dateLine, pole] = await asAna(() =>
      Place.bulkCreate([
        { name: 'Date line', latitude: -45, longitude: -179.9999 },
        { name: 'Pole', latitude: -89.999, longitude: 10 },
      ]),
    );
    expect(await here(-45, 179.9999, 10)).toBe(0);
    expect(await near({ latitude: -45, longitude: 179.9999 }, 20)).toEqual([dateLine?.id]);
    expect(await near({ latitude: -45, longitude: 180 }, 20)).toEqual([dateLine?.id]);
    expect(await near({ latitude: -89.999, longitude: -170 }, 230)).toContain(pole?.id);
    await asAna(() => Place.destroy({ where: { id: [dateLine?.id ?? '', pole?.id ?? ''] } }));
  });

  test('finds events by where their place is', async () => {
    const centre = { latitude: 0, longitude: 180 };
    const found = await Event.findAll({
      where: eventWhere(eventFilterSchema.parse({ near: word(centre), radius: '2000' })),
      order: ['placeId'],
    });
    expect(found.map(({ placeId }) => placeId)).toEqual(await near(centre, 2000));
    expect(found.length).toBeGreaterThan(5);
  });
});
