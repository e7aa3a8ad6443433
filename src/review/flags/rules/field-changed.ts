import { fieldsOf, usualOfField } from '../fields-of.ts';
import type { FlagRule } from '../flag-rule.ts';
import { standsOut, thresholds } from '../thresholds.ts';
import { median, shown, usually } from '../usually.ts';

/** A field changed on an unusual share of the records. */
export const fieldChanged: FlagRule = {
  name: 'field-changed',
  raise: ({ facts, usual }) =>
    fieldsOf(facts).flatMap(({ model, field, known, facts: { updates } }) => {
      const before = usualOfField(usual, model, field, (each) => each.updates);
      if (!standsOut(updates, known, thresholds.changedShare, median(before))) return [];
      return [
        `${model}.${field} changed on ${shown(updates)} of ${shown(Math.max(known, updates))}, ${usually(before)}`,
      ];
    }),
};
