import { describe, expect, test } from 'vitest';
import { normaliseAggregateRating } from '../../src/normalise/aggregate-rating.ts';

describe('normaliseAggregateRating', () => {
  test.each([
    [
      { ratingValue: 4.5, ratingCount: 12 },
      { ratingValue: 4.5, ratingCount: 12, bestRating: 5 },
    ],
    [
      { ratingValue: '4,456', reviewCount: '7' },
      { ratingValue: 4.46, ratingCount: 7, bestRating: 5 },
    ],
    [
      { ratingValue: 8, bestRating: '10' },
      { ratingValue: 8, ratingCount: null, bestRating: 10 },
    ],
    [[{ ratingValue: 0, ratingCount: 1.5 }], { ratingValue: 0, ratingCount: null, bestRating: 5 }],
  ])('reads %j', (value, expected) => {
    expect(normaliseAggregateRating(value)).toEqual(expected);
  });

  test.each([
    null,
    4,
    'x',
    {},
    [],
    { ratingValue: 'great' },
    { ratingValue: 6 },
    { ratingValue: -1 },
    { ratingValue: Number.NaN },
  ])('refuses %j', (value) => {
    expect(normaliseAggregateRating(value)).toBe(null);
  });
});
