import type { Run, RunFlag } from '../../models/run.ts';
import type { Comparison, FlagRule } from './flag-rule.ts';
import { fieldChanged } from './rules/field-changed.ts';
import { fieldEmptied } from './rules/field-emptied.ts';
import { fillRateDropped } from './rules/fill-rate-dropped.ts';
import { itemsDropped } from './rules/items-dropped.ts';
import { itemsRejected } from './rules/items-rejected.ts';
import { recordsDeleted } from './rules/records-deleted.ts';
import { recordsMoved } from './rules/records-moved.ts';
import { sameValue } from './rules/same-value.ts';
import { thresholds } from './thresholds.ts';
import { shown, usually } from './usually.ts';

/** All rules, the most telling first. */
const rules: readonly FlagRule[] = [
  sameValue,
  fieldChanged,
  fieldEmptied,
  recordsDeleted,
  recordsMoved,
  fillRateDropped,
  itemsDropped,
  itemsRejected,
];

/** Why a run deserves a look; nothing when all is as usual. */
export function raiseFlags(
  run: Pick<Run, 'kind' | 'state' | 'error' | 'pages' | 'changes' | 'undone'>,
  comparison: Comparison,
): RunFlag[] {
  // What a person did on purpose needs no alarm.
  if (run.kind !== 'crawl') return [];
  const { usual } = comparison;
  const pages = usual.map((facts) => facts.pages);
  const failed =
    run.state === 'failed'
      ? [
          {
            rule: 'failed',
            sentence: `Failed after ${shown(run.pages)} pages, ${usually(pages)}: ${run.error}`,
          },
        ]
      : [];
  const undone =
    run.undone > 0 && run.undone >= run.changes * thresholds.undoneShare
      ? [
          {
            rule: 'undone',
            sentence: `${shown(run.undone)} of ${shown(run.changes)} changes were undone by people, usually 0`,
          },
        ]
      : [];
  const raised = rules.flatMap((rule) =>
    rule.raise(comparison).map((sentence) => ({ rule: rule.name, sentence })),
  );
  return [...failed, ...raised, ...undone];
}
