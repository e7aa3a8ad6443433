import { isDeepStrictEqual } from 'node:util';
import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import { onlyRow } from '../../database/only-row.ts';
import { HotspotsError } from '../../errors.ts';
import { type LogAction, logActions } from '../log-entry.ts';
import type { RecordedValues } from '../read/as-of.ts';
import type { ReadingContext } from '../read/filter.ts';
import { readUndoSteps } from './plan-store.ts';
import { planUndo } from './plan-undo.ts';
import type { StepGroup, UndoConflict, UndoField, UndoPlan, UndoStep } from './undo-plan.ts';

/** An entry that the plan does not know, of a record of the plan. */
export interface LaterEntry {
  readonly id: string;
  readonly actorEmail: string;
  readonly action: LogAction;
  readonly fields: readonly string[];
}

/**
 * What was written to the records of some steps since the plan was made, but by the undo itself, the newest last;
 * by position. A record's entries are in the order of their ids, because each is written under the lock of its row.
 */
export async function laterEntries(
  sequelize: Sequelize,
  planId: string,
  steps: readonly UndoStep[],
  transaction: Transaction,
): Promise<Map<number, LaterEntry[]>> {
  const rows = await sequelize.query<Omit<LaterEntry, 'action'> & { position: number; action: number }>(
    `SELECT step.position, entry.*
     FROM undo_steps step JOIN undo_plans plan ON plan.id = step.plan_id
     CROSS JOIN LATERAL (
       SELECT id, actor_email AS "actorEmail", action, ARRAY(SELECT jsonb_object_keys(changes)) AS fields
       FROM log_entries
       WHERE model = step.model AND object_id = step.object_id AND id > step.newest_entry_id
         AND run_id IS DISTINCT FROM plan.run_id AND action <> ${logActions.indexOf('access')}
       OFFSET 0
     ) entry
     WHERE plan_id = $1 AND step.position = ANY($2::int[]) ORDER BY step.position, entry.id`,
    { bind: [planId, steps.map(({ position }) => position)], type: QueryTypes.SELECT, transaction },
  );
  const later = new Map<number, LaterEntry[]>();
  for (const { position, action, ...entry } of rows) {
    const known = later.get(position) ?? [];
    later.set(position, [...known, { ...entry, action: logActions[action] ?? 'access' }]);
  }
  return later;
}

/** What a step finds when its record is looked at under lock. */
export interface StepUnderLock {
  /** Null when the record does not exist. */
  present: RecordedValues | null;
  /** Whether a field still holds what is to be taken back. */
  isStanding(field: UndoField): boolean;
}

/**
 * Looks at records again under lock. What was written to them since the plan was made, by the log or past it, stays:
 * it becomes a conflict that names who wrote it, also when it is the value that was there before.
 *
 * @param whole whether a step is done as a whole or not at all
 */
export async function meanwhileConflicts(
  { sequelize, planId, transaction, steps }: StepGroup,
  whole: boolean,
  look: (step: UndoStep) => StepUnderLock,
): Promise<UndoStep[]> {
  const later = await laterEntries(sequelize, planId, steps, transaction);
  return steps.map((step) => {
    const { present, isStanding } = look(step);
    const entries = later.get(step.position) ?? [];
    const lost = step.fields.flatMap((field) => conflictOf(field, entries, present, isStanding(field)) ?? []);
    if (whole) {
      const edit = entries.at(-1);
      const conflict = edit === undefined ? lost[0] : editedSince(step, edit);
      return conflict === undefined ? done(step) : skipped(step, [conflict]);
    }
    const names = new Set(lost.map(({ field }) => field));
    const fields = step.fields.filter(({ field }) => !names.has(field));
    const outcome = { ...step, fields, conflicts: [...step.conflicts, ...lost] };
    return { ...outcome, state: fields.length > 0 ? 'done' : 'skipped' };
  });
}

function conflictOf(
  { field }: UndoField,
  entries: readonly LaterEntry[],
  present: RecordedValues | null,
  isStanding: boolean,
): UndoConflict | null {
  const touching = entries.filter(({ action, fields }) => action !== 'update' || fields.includes(field));
  const newest = touching.at(-1);
  if (newest === undefined && isStanding) return null;
  const value = present?.[field] ?? null;
  const by = { actorEmail: newest?.actorEmail ?? null, entryId: newest?.id ?? null };
  const who = newest?.actorEmail ?? 'Somebody';
  if (present === null)
    return { field, reason: 'deleted', ...by, value, message: `${who} deleted it since.` };
  return newest === undefined
    ? { field, reason: 'unrecorded', ...by, value, message: `${field} was changed outside the audit log.` }
    : { field, reason: 'changed', ...by, value, message: `${who} changed ${field} since.` };
}

function editedSince({ kind }: UndoStep, { actorEmail, id, action }: LaterEntry): UndoConflict {
  const by = { field: null, actorEmail, entryId: id, value: null };
  if (kind === 'recreate')
    return { ...by, reason: 'changed', message: `It exists again, or did: ${actorEmail} made it since.` };
  return action === 'delete'
    ? { ...by, reason: 'deleted', message: `${actorEmail} deleted it since.` }
    : { ...by, reason: 'edited', message: `It is kept: ${actorEmail} edited it since.` };
}

function done(step: UndoStep): UndoStep {
  return { ...step, state: 'done' };
}

export function skipped(step: UndoStep, conflicts: readonly UndoConflict[]): UndoStep {
  return { ...step, state: 'skipped', conflicts: [...step.conflicts, ...conflicts] };
}

/** A plan that no longer says what would happen. Nothing was written; `newPlan` is what would happen now. */
export class StalePlanError extends HotspotsError {
  readonly oldPlan: UndoPlan;
  readonly newPlan: UndoPlan;

  constructor(oldPlan: UndoPlan, newPlan: UndoPlan) {
    super(
      'UNDO_PLAN_STALE',
      `Records of plan ${oldPlan.id} were changed since it was made, so nothing was done. Plan ${newPlan.id} takes its ` +
        'place: look at it, and carry it out if it still is what you want.',
    );
    this.oldPlan = oldPlan;
    this.newPlan = newPlan;
  }
}

const stepsPerPage = 2000;

/**
 * Makes sure that a plan still says what would happen. When its records were written since, it is made
 * anew; if it comes out differently, the new plan takes its place.
 *
 * @throws StalePlanError
 */
export async function refuseStalePlan(
  sequelize: Sequelize,
  plan: UndoPlan,
  context: ReadingContext,
): Promise<void> {
  if (!(await wasWrittenSince(sequelize, plan))) return;
  const by = { id: await createdBy(sequelize, plan), email: plan.createdByEmail };
  const renewed = await planUndo(sequelize, plan.selection, by, context);
  if (await saysTheSame(sequelize, plan, renewed)) {
    await sequelize.query('DELETE FROM undo_plans WHERE id = $1', { bind: [renewed.id] });
    return;
  }
  await sequelize.query("UPDATE undo_plans SET state = 'replaced', replaced_by_id = $2 WHERE id = $1", {
    bind: [plan.id, renewed.id],
  });
  throw new StalePlanError(plan, renewed);
}

/** By what each step knows of its record: what was not committed when the plan was made has come since. */
async function wasWrittenSince(sequelize: Sequelize, { id }: UndoPlan): Promise<boolean> {
  const { written } = onlyRow(
    await sequelize.query<{ written: boolean }>(
      `SELECT EXISTS (
       SELECT FROM undo_steps step
       JOIN log_entries entry ON entry.model = step.model AND entry.object_id = step.object_id
         AND entry.id > step.newest_entry_id
       WHERE plan_id = $1) AS written`,
      { bind: [id], type: QueryTypes.SELECT },
    ),
  );
  return written;
}

async function createdBy(sequelize: Sequelize, { id }: UndoPlan): Promise<string | null> {
  const row = onlyRow(
    await sequelize.query<{ id: string | null }>('SELECT created_by_id AS id FROM undo_plans WHERE id = $1', {
      bind: [id],
      type: QueryTypes.SELECT,
    }),
  );
  return row.id;
}

async function saysTheSame(sequelize: Sequelize, plan: UndoPlan, renewed: UndoPlan): Promise<boolean> {
  if (!isDeepStrictEqual(plan.counts, renewed.counts)) return false;
  for (let after = 0; ; after += stepsPerPage) {
    const page = { limit: stepsPerPage, after };
    const [before, now] = [
      await readUndoSteps(sequelize, plan.id, page),
      await readUndoSteps(sequelize, renewed.id, page),
    ];
    if (!isDeepStrictEqual(before, now)) return false;
    if (before.length < stepsPerPage) return true;
  }
}
