import type { Transaction } from 'sequelize';
import { log } from '../../log.ts';
import type { Run, RunFlag } from '../run.ts';
import { factsOf, type RunFacts, usualFacts } from './facts.ts';
import {
  type Comparison,
  type FlagRule,
  failed,
  fieldChanged,
  fieldEmptied,
  fillRateDropped,
  itemsDropped,
  itemsRejected,
  recordsDeleted,
  recordsMoved,
  sameValue,
  undone,
} from './rules.ts';

/** All rules, in the order in which a run shows its flags. */
const rules: readonly FlagRule[] = [
  failed,
  sameValue,
  fieldChanged,
  fieldEmptied,
  recordsDeleted,
  recordsMoved,
  fillRateDropped,
  itemsDropped,
  itemsRejected,
  undone,
];

/** Why a run deserves a look; nothing when all is as usual. */
export function raiseFlags(
  run: Comparison['run'] & Pick<Run, 'kind'>,
  { facts, usual }: Pick<Comparison, 'facts' | 'usual'>,
): RunFlag[] {
  // What a person did on purpose needs no alarm.
  if (run.kind !== 'crawl') return [];
  return rules.flatMap(({ name, raise }) =>
    raise({ run, facts, usual }).map((sentence) => ({ rule: name, sentence })),
  );
}

/**
 * Raises the flags of a run again from what is stored with it: after some of its changes were undone. Where that
 * cannot be read they stay, which is logged.
 */
export async function refreshFlags(run: Run, transaction: Transaction): Promise<void> {
  const facts = readableFacts(run);
  if (facts === null) return;
  const usual = await usualFacts(run, transaction);
  await run.update({ flags: raiseFlags(run, { facts, usual }) }, { transaction });
}

function readableFacts(run: Run): RunFacts | null {
  try {
    return factsOf(run);
  } catch (error) {
    log.warn('A run keeps its flags, because what it did cannot be read', { run: run.id, error });
    return null;
  }
}
