import { fieldsOf, usualOfField } from '../fields-of.ts';
import type { FlagRule } from '../flag-rule.ts';
import { standsOut, thresholds } from '../thresholds.ts';
import { median, shown, usually } from '../usually.ts';

/** A field lost its value on many records. */
export const fieldEmptied: FlagRule = {
  name: 'field-emptied',
  raise: ({ facts, usual }) =>
    fieldsOf(facts).flatMap(({ model, field, known, facts: { emptied } }) => {
      const before = usualOfField(usual, model, field, (each) => each.emptied);
      if (!standsOut(emptied, known, thresholds.emptiedShare, median(before))) return [];
      return [
        `${model}.${field} was emptied on ${shown(emptied)} of ${shown(Math.max(known, emptied))}, ${usually(before)}`,
      ];
    }),
};
