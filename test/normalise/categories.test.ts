import { describe, expect, test } from 'vitest';
import { normaliseCategories } from '../../src/normalise/categories.ts';

describe('normaliseCategories', () => {
  test('splits, trims, drops repetitions in other capitals, and sorts', () => {
    expect(
      normaliseCategories(['Music, jazz ;  MUSIC', { name: 'Art &amp; Craft' }, ['jazz'], 5, null]),
    ).toEqual(['Art & Craft', 'Music', 'jazz']);
  });

  test('does not depend on the order of the page', () => {
    const tags = Array.from({ length: 30 }, (_, index) => `tag ${index}`);
    expect(normaliseCategories(tags.toReversed())).toEqual(normaliseCategories(tags));
    expect(normaliseCategories(tags)).toHaveLength(20);
  });

  test('leaves out what is longer than 80 characters, and is empty for anything else', () => {
    expect(normaliseCategories(['x'.repeat(80), 'y'.repeat(81)])).toEqual(['x'.repeat(80)]);
    for (const value of [null, undefined, 5, {}, '', [' ']]) expect(normaliseCategories(value)).toEqual([]);
  });
});
