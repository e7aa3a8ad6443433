/** A rating in schema.org's words, as `Place.aggregateRating` holds it. */
export interface AggregateRating {
  ratingValue: number;
  /** How many ratings, or reviews where only those are counted; null when not said. */
  ratingCount: number | null;
  bestRating: number;
}

const maxCount = 2_147_483_647;

/**
 * schema.org's AggregateRating: from 0 to `bestRating`, which is 5 unless the page says otherwise. Numbers may
 * be texts, with a decimal comma ("4,5").
 *
 * @returns null without a rating, and for one above its own best; values have at most two decimals
 */
export function normaliseAggregateRating(value: unknown): AggregateRating | null {
  const rating = Array.isArray(value) ? value[0] : value;
  if (typeof rating !== 'object' || rating === null) return null;
  const ratingValue = readNumber(Reflect.get(rating, 'ratingValue'));
  const bestRating = readNumber(Reflect.get(rating, 'bestRating')) ?? 5;
  if (ratingValue === null || bestRating <= 0 || bestRating > 100 || ratingValue > bestRating) return null;
  const count =
    readNumber(Reflect.get(rating, 'ratingCount')) ?? readNumber(Reflect.get(rating, 'reviewCount'));
  const ratingCount = count !== null && Number.isInteger(count) && count <= maxCount ? count : null;
  return { ratingValue, ratingCount, bestRating };
}

function readNumber(value: unknown): number | null {
  const number =
    typeof value === 'string' && /^\s*\d{1,10}(?:[.,]\d{1,20})?\s*$/.test(value)
      ? Number(value.trim().replace(',', '.'))
      : value;
  if (typeof number !== 'number' || !Number.isFinite(number) || number < 0) return null;
  return Math.round(number * 100) / 100 + 0;
}
