import fc from 'fast-check';
import { expect, test } from 'vitest';
import { combineRatings } from '../../src/maintenance/combine-ratings.ts';

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
