import { fieldsOf, usualOfField } from '../fields-of.ts';
import type { FlagRule } from '../flag-rule.ts';
import { standsOut, thresholds } from '../thresholds.ts';
import { median, shown, usually } from '../usually.ts';

const longestValue = 60;

/** One and the same text was written into many records: the mark of a block page that was read as data. */
export const sameValue: FlagRule = {
  name: 'same-value',
  raise: ({ facts, usual }) =>
    fieldsOf(facts).flatMap(({ model, field, facts: { updates, commonest, commonestCount } }) => {
      const before = usualOfField(usual, model, field, (each) => each.commonestCount);
      if (
        commonest === null ||
        !standsOut(commonestCount, updates, thresholds.sameValueShare, median(before))
      )
        return [];
      const [value, count] = [JSON.stringify(commonest.slice(0, longestValue)), shown(commonestCount)];
      return [`${model}.${field}: one value, ${value}, was written ${count} times, ${usually(before)}`];
    }),
};
