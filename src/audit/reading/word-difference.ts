import { diffWordsWithSpace } from 'diff';

export interface WordToken {
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
}

/** Scraped text may be of any length; beyond this the difference is of no use to a reader either. */
const maxLength = 20_000;

/**
 * Which words differ between two texts: the tokens that are the same or removed make up the old text, those
 * that are the same or added the new one. Of texts that are too long or too different, all is removed and
 * all is added.
 */
export function wordDifference(old: string, now: string): WordToken[] {
  const changes =
    old.length + now.length > maxLength
      ? undefined
      : diffWordsWithSpace(old, now, { timeout: 100, maxEditLength: 2000 });
  if (changes === undefined) {
    return [
      { kind: 'removed', text: old },
      { kind: 'added', text: now },
    ];
  }
  return changes.map(({ value, added, removed }) => ({
    kind: added ? 'added' : removed ? 'removed' : 'same',
    text: value,
  }));
}
