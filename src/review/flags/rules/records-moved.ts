import type { FlagRule } from '../flag-rule.ts';
import { standsOut, thresholds } from '../thresholds.ts';
import { median, shown, usually } from '../usually.ts';

/** Many records were moved by more than a kilometre. */
export const recordsMoved: FlagRule = {
  name: 'records-moved',
  raise: ({ facts, usual }) =>
    Object.entries(facts.models).flatMap(([model, { known, moved }]) => {
      const before = usual.map(({ models }) => models[model]?.moved ?? 0);
      if (!standsOut(moved, known, thresholds.movedShare, median(before))) return [];
      return [
        `${shown(moved)} of ${shown(Math.max(known, moved))} ${model} records were moved by more than 1 km, ${usually(before)}`,
      ];
    }),
};
