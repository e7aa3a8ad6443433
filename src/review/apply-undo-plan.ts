import type { Sequelize } from 'sequelize';
import { withUserActor } from '../audit/index.ts';
import { applyUndo, readUndoPlan, type UndoPlan, type UndoResult } from '../audit/undo/index.ts';
import type { Run } from '../models/run.ts';
import type { User } from '../models/user.ts';
import { finishUndoRun } from './finish-undo-run.ts';
import { holdValues } from './hold-values.ts';
import { noteUndoneEntries } from './note-undone-entries.ts';
import { openUndoRun } from './open-undo-run.ts';
import { readingContext } from './reading-context.ts';

export interface ApplyOptions {
  /** Who undoes. A plan that somebody began before goes on as that person's. */
  by: User;
  /** Why, for those who read the log later. */
  reason: string;
  /** Stops after the batch that is being written; the plan can be gone on with. */
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
 * interrupted is gone on with.
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
            await run.increment('held', { by: held, transaction });
          },
        }),
      { runId: run.id },
    );
  } catch (error) {
    // A run that did nothing is not kept; one that did something is gone on with.
    const { state } = await readUndoPlan(sequelize, planId);
    if (state === 'planned' || state === 'replaced') await run.destroy();
    throw error;
  }
}
