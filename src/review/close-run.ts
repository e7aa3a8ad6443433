import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import type { JsonValue } from '../audit/index.ts';
import { type FieldSummary, summariseRun } from '../audit/read/index.ts';
import { Run } from '../models/run.ts';
import { collectFacts } from './flags/collect-facts.ts';
import { raiseFlags } from './flags/raise-flags.ts';
import { usualFacts } from './flags/usual-facts.ts';
import { queueWebhooks } from './webhooks/queue-webhooks.ts';

/**
 * Stores with a run that has ended what it is judged by: how many changes, field by field the commonest new value,
 * and flags. Tells the webhooks. In the transaction that ends the run.
 */
export async function closeRun(sequelize: Sequelize, runId: string, transaction: Transaction): Promise<Run> {
  const run = await Run.findByPk(runId, { transaction, rejectOnEmpty: true });
  // Nothing of a dry run stays, so there is nothing to judge.
  if (run.details.dryRun === true) return run;
  const [counts] = await sequelize.query<{ changes: number; deleted: number }>(
    `SELECT count(*)::int AS changes, count(*) FILTER (WHERE action = 2)::int AS deleted
     FROM log_entries WHERE run_id = $1 AND action <> 3`,
    { bind: [runId], type: QueryTypes.SELECT, transaction },
  );
  const { fields } = await summariseRun(sequelize, runId, transaction);
  const facts = await collectFacts(sequelize, run, transaction);
  await run.update(
    { ...counts, fields: fields.map(shortened), details: { ...run.details, facts } },
    { transaction },
  );
  const flags = raiseFlags(run, { facts, usual: await usualFacts(run, transaction) });
  await run.update({ flags }, { transaction });
  if (run.kind === 'crawl') await queueWebhooks(sequelize, 'run.finished', run, transaction);
  if (flags.length > 0) await queueWebhooks(sequelize, 'run.flagged', run, transaction);
  return run;
}

const longestText = 200;

/** The row is read for every list of runs: what it holds is for recognising, the log has it in full. */
function shortened(field: FieldSummary): FieldSummary {
  return {
    ...field,
    commonestNewValue: cut(field.commonestNewValue),
    samples: field.samples.map((sample) => ({ ...sample, old: cut(sample.old), new: cut(sample.new) })),
  };
}

function cut(value: JsonValue): JsonValue {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length <= longestText ? value : `${[...text].slice(0, longestText).join('')}…`;
}
