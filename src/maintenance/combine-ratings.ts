import type { AggregateRating } from '../records/place.ts';

/**
 * The mean of what several sources say, weighted by how many ratings each counts; one that does not say how many counts
 * as one. Where the sources' scales differ, the result is of 5.
 *
 * @returns the rating as it is when there is one only; null without any
 */
export function combineRatings(ratings: readonly AggregateRating[]): AggregateRating | null {
  const [first, ...others] = ratings;
  if (first === undefined) return null;
  if (others.length === 0) return first;
  const isOneScale = others.every(({ bestRating }) => bestRating === first.bestRating);
  const bestRating = isOneScale ? first.bestRating : 5;
  const weightOf = ({ ratingCount }: AggregateRating) => ratingCount ?? 1;
  const weight = ratings.reduce((sum, rating) => sum + weightOf(rating), 0);
  // Nobody has rated: a mean of nothing is no better than what the first source says.
  if (weight === 0) return first;
  const total = ratings.reduce(
    (sum, rating) => sum + (rating.ratingValue / rating.bestRating) * weightOf(rating),
    0,
  );
  const counted = ratings.filter(({ ratingCount }) => ratingCount !== null);
  return {
    ratingValue: Math.round((total / weight) * bestRating * 100) / 100,
    ratingCount: counted.length === 0 ? null : counted.reduce((sum, rating) => sum + weightOf(rating), 0),
    bestRating,
  };
}
