import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import { onlyRow } from '../../database/only-row.ts';
import { databaseErrorCode, retryTransaction } from '../../database/retry-transaction.ts';
import { HotspotsError } from '../../errors.ts';
import { checkContext } from '../context.ts';
import type { ReadingContext } from '../read/filter.ts';
import { registrationsOf } from '../record/auditlog.ts';
import { countSteps, readUndoPlan, readUndoSteps, storeOutcomes, undoStepColumns } from './plan-store.ts';
import { refuseStalePlan, skipped } from './recheck.ts';
import type { UndoConflict, UndoCounts, UndoneValue, UndoPlan, UndoStep } from './undo-plan.ts';
import { undoneValues } from './undone.ts';
import { recreateRecords, removeRecords, restoreRecords } from './write-records.ts';

const writers = { recreate: recreateRecords, restore: restoreRecords, remove: removeRecords } as const;

/**
 * Carries steps out in their order.
 *
 * @returns the steps as they turned out: what met a conflict in the meantime is left alone
 */
export async function applySteps(
  sequelize: Sequelize,
  planId: string,
  steps: readonly UndoStep[],
  transaction: Transaction,
): Promise<UndoStep[]> {
  const outcomes: UndoStep[] = [];
  for (const group of consecutive(steps)) {
    const [first] = group;
    const registration = registrationsOf(sequelize).find(({ modelName }) => modelName === first?.model);
    if (first === undefined || first.kind === 'none' || registration === undefined) {
      outcomes.push(...group.map(withoutModel));
      continue;
    }
    const write = writers[first.kind];
    outcomes.push(
      ...(await inSavepoints(sequelize, group, transaction, (part, savepoint) =>
        write({ sequelize, planId, registration, steps: part, transaction: savepoint }),
      )),
    );
  }
  return outcomes;
}

function withoutModel(step: UndoStep): UndoStep {
  const conflict = {
    field: null,
    reason: 'unrecorded',
    actorEmail: null,
    entryId: null,
    value: null,
  } as const;
  return skipped(step, [{ ...conflict, message: `The model ${step.model} is not registered any more.` }]);
}

function consecutive(steps: readonly UndoStep[]): UndoStep[][] {
  const groups: UndoStep[][] = [];
  for (const step of steps) {
    const group = groups.at(-1);
    if (group?.[0]?.kind === step.kind && group[0].model === step.model) group.push(step);
    else groups.push([step]);
  }
  return groups;
}

/**
 * All at once; where the database refuses that, one by one, so that only what it refuses is left alone. What is
 * refused may be taken once another step has made way, as where a unique value was passed on.
 */
async function inSavepoints(
  sequelize: Sequelize,
  steps: readonly UndoStep[],
  transaction: Transaction,
  write: (steps: readonly UndoStep[], savepoint: Transaction) => Promise<UndoStep[]>,
): Promise<UndoStep[]> {
  const attempt = async (part: readonly UndoStep[]): Promise<UndoStep[] | string> => {
    try {
      return await sequelize.transaction({ transaction }, (savepoint) => write(part, savepoint));
    } catch (error) {
      const reason = refusalOf(error);
      if (reason === null) throw error;
      return reason;
    }
  };
  const all = await attempt(steps);
  if (typeof all !== 'string') return all;
  const outcomes: UndoStep[] = [];
  for (let left = steps; left.length > 0; ) {
    const again: { step: UndoStep; reason: string }[] = [];
    for (const step of left) {
      const outcome = await attempt([step]);
      if (typeof outcome === 'string') again.push({ step, reason: outcome });
      else outcomes.push(...outcome);
    }
    if (again.length === left.length)
      return [...outcomes, ...again.map(({ step, reason }) => refused(step, reason))];
    left = again.map(({ step }) => step);
  }
  return outcomes;
}

/** Why the database did not take a value; null for other errors. */
function refusalOf(error: unknown): string | null {
  const cause = error instanceof HotspotsError ? error.cause : error;
  const isConstraint = databaseErrorCode(cause)?.startsWith('23') === true;
  return isConstraint && cause instanceof Error ? cause.message : null;
}

const mostAttempts = 3;

/** Put back behind the other steps, until it was refused often enough. */
function refused(step: UndoStep, reason: string): UndoStep {
  const attempts = step.attempts + 1;
  if (attempts < mostAttempts) return { ...step, attempts };
  const conflict: UndoConflict = {
    field: null,
    reason: 'refused',
    actorEmail: null,
    entryId: null,
    value: null,
    message: `The database refused it: ${reason}.`,
  };
  return { ...skipped(step, [conflict]), attempts };
}

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
  const { count } = onlyRow(
    await sequelize.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM undo_steps WHERE plan_id = $1 AND ${condition}`,
      { bind: [planId], type: QueryTypes.SELECT },
    ),
  );
  return count;
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
