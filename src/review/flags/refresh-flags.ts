import type { Transaction } from 'sequelize';
import { Run } from '../../models/run.ts';
import { raiseFlags } from './raise-flags.ts';
import { runFactsSchema } from './run-facts.ts';
import { usualFacts } from './usual-facts.ts';

/** Raises the flags of a run again from what is stored with it: after some of its changes were undone. */
export async function refreshFlags(runId: string, transaction: Transaction): Promise<void> {
  const run = await Run.findByPk(runId, { transaction });
  const facts = runFactsSchema.safeParse(run?.details.facts);
  if (run === null || !facts.success) return;
  const usual = await usualFacts(run, transaction);
  await run.update({ flags: raiseFlags(run, { facts: facts.data, usual }) }, { transaction });
}
