import { QueryTypes, type Sequelize } from 'sequelize';
import { type Actor, withUserActor } from '../audit/index.ts';
import {
  applyUndo,
  planUndo,
  readUndoPlan,
  type UndoPlan,
  type UndoResult,
  type UndoSelection,
} from '../audit/undo/index.ts';
import { onlyRow } from '../database/only-row.ts';
import { HotspotsError } from '../errors.ts';
import { type Role, User } from '../records/index.ts';
import { holdValues } from '../write-policy/index.ts';
import { addCounters } from './lifecycle.ts';
import { readingContext } from './log-context.ts';
import { Run } from './run.ts';
import { runOfSelection, sourceToPause } from './source-pauses.ts';
import { finishUndoRun, noteUndoneEntries, openUndoRun } from './undo-run.ts';

export interface ApplyOptions {
  /** Who undoes. A plan that somebody began before is resumed as that person's. */
  by: User;
  /** Why, for those who read the log later. */
  reason: string;
  /** Stops after the batch that is being written; the plan can be resumed. */
  signal?: AbortSignal | undefined;
  /** @param done steps out of `total` */
  onProgress?: ((done: number, total: number) => void) | undefined;
}

export interface AppliedPlan {
  /** The run of the undo; still running when it was stopped. */
  run: Run;
  plan: UndoPlan;
  /** The source that was paused; null when none was. */
  paused: string | null;
  /** How many values are held back from their sources. */
  held: number;
}

/**
 * Carries a plan out, as a run of its own by a person: values return, and those that sources had written are held
 * back from them. When a whole crawl is undone it counts as bad and its source is paused. A plan that was
 * interrupted is resumed.
 *
 * @throws HotspotsError UNDO_PLAN_UNKNOWN, UNDO_PLAN_DONE
 * @throws StalePlanError when records were changed since; nothing was written then
 */
export async function applyUndoPlan(
  sequelize: Sequelize,
  planId: string,
  { by, reason, signal, onProgress }: ApplyOptions,
): Promise<AppliedPlan> {
  const { run, person } = await openUndoRun(sequelize, planId, { by, reason });
  // A process that was killed right after the last batch has left the rest to do.
  if ((await readUndoPlan(sequelize, planId)).state !== 'applied') {
    const { state } = await applyAs(person, sequelize, planId, run, { signal, onProgress });
    if (state === 'stopped') {
      await run.reload();
      return { run, plan: await readUndoPlan(sequelize, planId), paused: null, held: run.held };
    }
  }
  const plan = await readUndoPlan(sequelize, planId);
  const paused = await finishUndoRun(sequelize, run, plan, person);
  await run.reload();
  return { run, plan, paused, held: run.held };
}

async function applyAs(
  person: User,
  sequelize: Sequelize,
  planId: string,
  run: Run,
  options: Pick<ApplyOptions, 'signal' | 'onProgress'>,
): Promise<UndoResult> {
  try {
    return await withUserActor(
      person,
      () =>
        applyUndo(sequelize, planId, {
          runId: run.id,
          ...options,
          context: readingContext(),
          afterBatch: async (values, transaction) => {
            const entryIds = [...new Set(values.map(({ entryId }) => entryId))];
            await noteUndoneEntries(sequelize, entryIds, run.id, transaction);
            const details = { undoRunId: run.id, by: person.email };
            const held = await holdValues(sequelize, values, details, transaction);
            await addCounters(sequelize, run.id, { held }, transaction);
          },
        }),
      { runId: run.id },
    );
  } catch (error) {
    // A run that did nothing is not kept; one that did something is resumed.
    const { state } = await readUndoPlan(sequelize, planId);
    if (state === 'planned' || state === 'replaced') await run.destroy();
    throw error;
  }
}

/** What else happens when a plan is carried out. */
export interface PlanEffects {
  /** The source that is paused; null when none is. */
  paused: string | null;
  /** How many values their sources may not write again. */
  held: number;
}

/** Foretells what `applyUndoPlan` does besides changing records. */
export async function planEffects(sequelize: Sequelize, plan: UndoPlan): Promise<PlanEffects> {
  const rows = await sequelize.query<{ held: number }>(
    `SELECT count(DISTINCT (model, object_id, field, source_name, value))::int AS held
     FROM (
       SELECT step.model, step.object_id, field ->> 'field' AS field, source_name,
              entry.changes -> (field ->> 'field') -> 1 AS value, field -> 'was' AS was
       FROM undo_steps step,
            jsonb_array_elements(step.fields) AS field,
            jsonb_array_elements_text(field -> 'entryIds') AS taken_back (id)
       JOIN log_entries entry ON entry.id = taken_back.id::bigint
       JOIN runs ON runs.id = entry.run_id AND source_name IS NOT NULL
       WHERE step.plan_id = $1 AND step.kind IN ('restore', 'recreate') AND step.state <> 'skipped'
     ) taken WHERE value <> was AND value <> 'null'`,
    { bind: [plan.id], type: QueryTypes.SELECT },
  );
  return { paused: await sourceToPause(sequelize, plan.selection), held: onlyRow(rows).held };
}

/**
 * Makes and stores the plan of an undo. Nothing else is changed by it.
 *
 * @throws HotspotsError UNDO_NOTHING when nothing fits; UNDO_PRUNED when the run once had changes
 */
export async function planUndoOf(
  sequelize: Sequelize,
  selection: UndoSelection,
  by: Actor,
): Promise<UndoPlan> {
  try {
    return await planUndo(sequelize, selection, by, readingContext());
  } catch (error) {
    if (!(error instanceof HotspotsError) || error.code !== 'UNDO_NOTHING') throw error;
    const runId = runOfSelection(selection);
    const run = runId === null ? null : await Run.findByPk(runId);
    if (run === null || run.changes === 0) throw error;
    throw new HotspotsError(
      'UNDO_PRUNED',
      `Run ${run.id} made ${run.changes} changes, but their log entries were removed by retention. What they changed is ` +
        'not known any more, so it cannot be undone.',
      { cause: error },
    );
  }
}

/**
 * Goes on with the undos that a killed process has left, each as the person who began it. One that fails does not
 * hold up the others.
 *
 * @throws AggregateError when all have been tried, of those that failed
 */
export async function resumeUndoPlans(
  sequelize: Sequelize,
  options: Pick<ApplyOptions, 'signal' | 'onProgress'> = {},
): Promise<AppliedPlan[]> {
  const left = await Run.findAll({ where: { kind: 'undo', state: 'running' }, order: [['id', 'ASC']] });
  const applied: AppliedPlan[] = [];
  const failures: unknown[] = [];
  for (const run of left) {
    const planId = run.requestKey?.replace(/^undo:/, '');
    const by = run.actorId === null ? null : await User.findByPk(run.actorId);
    if (planId === undefined || by === null || options.signal?.aborted === true) continue;
    const details = { by, reason: run.reason ?? '', ...options };
    const [result] = await Promise.allSettled([applyUndoPlan(sequelize, planId, details)]);
    if (result.status === 'fulfilled') applied.push(result.value);
    else failures.push(result.reason);
  }
  if (failures.length > 0)
    throw new AggregateError(failures, `${failures.length} interrupted undos could not be resumed.`);
  return applied;
}

/** Who may carry a plan out: an editor gives fields their old values, an admin also undoes creations and deletions. */
export function roleForPlan({ counts }: UndoPlan): Extract<Role, 'editor' | 'admin'> {
  return counts.recreated + counts.removed > 0 ? 'admin' : 'editor';
}
