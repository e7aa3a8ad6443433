import type { FlagRule } from '../flag-rule.ts';
import { standsOut, thresholds } from '../thresholds.ts';
import { median, shown, usually } from '../usually.ts';

/** Many records were deleted. */
export const recordsDeleted: FlagRule = {
  name: 'records-deleted',
  raise: ({ facts, usual }) =>
    Object.entries(facts.models).flatMap(([model, { known, deleted }]) => {
      const before = usual.map(({ models }) => models[model]?.deleted ?? 0);
      if (!standsOut(deleted, known, thresholds.deletedShare, median(before))) return [];
      return [
        `${shown(deleted)} of ${shown(Math.max(known, deleted))} ${model} records were deleted, ${usually(before)}`,
      ];
    }),
};
