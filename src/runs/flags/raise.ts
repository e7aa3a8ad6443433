import type { Transaction } from 'sequelize';
import { formatNumber } from '../../text.ts';
import { Run, type RunFlag } from '../run.ts';
import { runFactsSchema, usualFacts } from './facts.ts';
import {
  type Comparison,
  type FlagRule,
  fieldChanged,
  fieldEmptied,
  fillRateDropped,
  itemsDropped,
  itemsRejected,
  recordsDeleted,
  recordsMoved,
  sameValue,
  usually,
} from './rules.ts';
import { thresholds } from './thresholds.ts';

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
            sentence: `Failed after ${formatNumber(run.pages)} pages, ${usually(pages)}: ${run.error}`,
          },
        ]
      : [];
  const undone =
    run.undone > 0 && run.undone >= run.changes * thresholds.undoneShare
      ? [
          {
            rule: 'undone',
            sentence: `${formatNumber(run.undone)} of ${formatNumber(run.changes)} changes were undone by people, usually 0`,
          },
        ]
      : [];
  const raised = rules.flatMap((rule) =>
    rule.raise(comparison).map((sentence) => ({ rule: rule.name, sentence })),
  );
  return [...failed, ...raised, ...undone];
}

/** Raises the flags of a run again from what is stored with it: after some of its changes were undone. */
export async function refreshFlags(runId: string, transaction: Transaction): Promise<void> {
  const run = await Run.findByPk(runId, { transaction });
  const facts = runFactsSchema.safeParse(run?.details.facts);
  if (run === null || !facts.success) return;
  const usual = await usualFacts(run, transaction);
  await run.update({ flags: raiseFlags(run, { facts: facts.data, usual }) }, { transaction });
}
