import type { FlagRule } from '../flag-rule.ts';
import { thresholds } from '../thresholds.ts';
import { median, shown, usually } from '../usually.ts';

/** The source gave far fewer items than usual. */
export const itemsDropped: FlagRule = {
  name: 'items-dropped',
  raise: ({ facts, usual }) => {
    const before = usual.filter(({ isWhole }) => isWhole).map(({ items }) => items);
    const expected = median(before);
    if (!facts.isWhole || expected < thresholds.records || facts.items >= expected * thresholds.itemsShare)
      return [];
    return [`${shown(facts.items)} items were found, ${usually(before)}`];
  },
};
