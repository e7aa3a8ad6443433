import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import { retryTransaction } from '../../database/retry-transaction.ts';
import { HotspotsError } from '../../errors.ts';
import type { ReadingContext } from '../reading/reading-context.ts';
import { checkContext } from '../require-context.ts';
import { applySteps } from './apply-steps.ts';
import { countSteps } from './count-steps.ts';
import { readUndoPlan } from './read-undo-plan.ts';
import { readUndoSteps, undoStepColumns } from './read-undo-steps.ts';
import { refuseStalePlan } from './refuse-stale-plan.ts';
import { storeOutcomes } from './store-outcomes.ts';
import type { UndoCounts, UndoPlan, UndoStep } from './undo-plan.ts';
import type { UndoneValue } from './undone-value.ts';
import { undoneValues } from './undone-values.ts';

export interface ApplyUndoOptions {
  /** The run that the undo's entries belong to; the actor context must be that of this run. */
  runId: string;
  /** For making the plan anew when it is stale. */
  context?: ReadingContext | undefined;
  /** Stops after the batch that is being written. */
  signal?: AbortSignal | undefined;
  /** @param done steps out of `total` */
  onProgress?: ((done: number, total: number) => void) | undefined;
  /** Runs in the transaction of each batch, with what the batch took back. */
  afterBatch?: ((values: readonly UndoneValue[], transaction: Transaction) => Promise<void>) | undefined;
}

export interface UndoResult {
  state: 'applied' | 'stopped';
  /** What was done so far. */
  counts: UndoCounts;
  /** Steps that were not reached. */
  remaining: number;
}

const stepsPerBatch = 500;

/**
 * Carries a plan out as the actor of the surrounding context, 500 records to a transaction. Each is looked at
 * again under lock: what was changed in the meantime is left alone. Called again after it was interrupted, it goes
 * on where it stopped.
 *
 * @throws HotspotsError AUDIT_NO_ACTOR, UNDO_PLAN_UNKNOWN, UNDO_PLAN_DONE
 * @throws StalePlanError when the plan no longer says what would happen; nothing was written then
 */
export async function applyUndo(
  sequelize: Sequelize,
  planId: string,
  { runId, context = {}, signal, onProgress, afterBatch }: ApplyUndoOptions,
): Promise<UndoResult> {
  checkContext('undo plan', 'apply');
  const plan = await readUndoPlan(sequelize, planId);
  if (plan.state === 'planned') await refuseStalePlan(sequelize, plan, context);
  await begin(sequelize, plan, runId);
  const total = await countPending(sequelize, planId, 'all');
  for (;;) {
    const pending = await countPending(sequelize, planId, 'pending');
    onProgress?.(total - pending, total);
    if (pending === 0) break;
    if (signal?.aborted === true)
      return { state: 'stopped', counts: await countPlan(sequelize, planId), remaining: pending };
    await retryTransaction(sequelize, (transaction) =>
      applyBatch(sequelize, planId, transaction, afterBatch),
    );
  }
  const counts = await countPlan(sequelize, planId);
  await sequelize.query(`UPDATE undo_plans SET state = 'applied', counts = $2::jsonb WHERE id = $1`, {
    bind: [planId, JSON.stringify(counts)],
  });
  return { state: 'applied', counts, remaining: 0 };
}

async function begin(sequelize: Sequelize, { id }: UndoPlan, runId: string): Promise<void> {
  const begun = await sequelize.query(
    `UPDATE undo_plans SET state = 'applying', run_id = $2
     WHERE id = $1 AND (state = 'planned' OR (state = 'applying' AND run_id = $2)) RETURNING id`,
    { bind: [id, runId], type: QueryTypes.SELECT },
  );
  if (begun.length > 0) return;
  throw new HotspotsError(
    'UNDO_PLAN_DONE',
    `Plan ${id} was carried out already, or another one took its place. Make a new plan of what is left.`,
  );
}

async function applyBatch(
  sequelize: Sequelize,
  planId: string,
  transaction: Transaction,
  afterBatch: ApplyUndoOptions['afterBatch'],
): Promise<void> {
  // Two processes that carry out one plan take turns here.
  await sequelize.query('SELECT FROM undo_plans WHERE id = $1 FOR UPDATE', { bind: [planId], transaction });
  const steps = await sequelize.query<UndoStep>(
    `SELECT ${undoStepColumns} FROM undo_steps
     WHERE plan_id = $1 AND state = 'pending' ORDER BY attempts, position LIMIT ${stepsPerBatch}`,
    { bind: [planId], type: QueryTypes.SELECT, transaction },
  );
  const outcomes = await applySteps(sequelize, planId, steps, transaction);
  await storeOutcomes(sequelize, planId, outcomes, transaction);
  await afterBatch?.(await undoneValues(sequelize, outcomes, transaction), transaction);
}

async function countPending(sequelize: Sequelize, planId: string, which: 'all' | 'pending'): Promise<number> {
  const condition = which === 'all' ? "kind <> 'none'" : "state = 'pending'";
  const [row] = await sequelize.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM undo_steps WHERE plan_id = $1 AND ${condition}`,
    { bind: [planId], type: QueryTypes.SELECT },
  );
  return row?.count ?? 0;
}

const stepsPerPage = 5000;

async function countPlan(sequelize: Sequelize, planId: string): Promise<UndoCounts> {
  const steps: UndoStep[] = [];
  for (let after = 0; ; ) {
    const page = await readUndoSteps(sequelize, planId, { limit: stepsPerPage, after });
    steps.push(...page.filter(({ state, kind }) => state !== 'pending' || kind === 'none'));
    after = page.at(-1)?.position ?? after;
    if (page.length < stepsPerPage) return countSteps(steps);
  }
}
