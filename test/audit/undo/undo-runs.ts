import { QueryTypes, type Sequelize } from 'sequelize';
import { withUserActor } from '../../../src/audit/actors.ts';
import { applyUndo } from '../../../src/audit/undo/apply.ts';
import { readUndoPlan, readUndoSteps } from '../../../src/audit/undo/plan-store.ts';
import { planUndo } from '../../../src/audit/undo/plan-undo.ts';
import type { UndoPlan, UndoSelection, UndoStep } from '../../../src/audit/undo/undo-plan.ts';

export const person = (name: string) => ({ id: null, email: `${name}@example.org` });

/** Makes a row of `runs`, as what a person does at once. */
export async function newRun(sequelize: Sequelize): Promise<string> {
  const [row] = await sequelize.query<{ id: string }>(
    "INSERT INTO runs (kind, actor_email) VALUES ('undo', 'somebody@example.org') RETURNING id",
    { type: QueryTypes.SELECT },
  );
  return row?.id ?? '';
}

/** Runs `fn` as a run of its own and gives the run's id. */
export async function inRun(sequelize: Sequelize, name: string, fn: () => Promise<unknown>): Promise<string> {
  const runId = await newRun(sequelize);
  await withUserActor(person(name), fn, { runId });
  return runId;
}

export interface Undone {
  runId: string;
  plan: UndoPlan;
  steps: UndoStep[];
}

/** Plans and applies at once, as a person. */
export async function undo(sequelize: Sequelize, selection: UndoSelection, name = 'una'): Promise<Undone> {
  const { id } = await planUndo(sequelize, selection, person(name));
  return await applyPlan(sequelize, id, name);
}

export async function applyPlan(sequelize: Sequelize, planId: string, name = 'una'): Promise<Undone> {
  const runId = await newRun(sequelize);
  await withUserActor(person(name), () => applyUndo(sequelize, planId, { runId }), { runId });
  const plan = await readUndoPlan(sequelize, planId);
  return { runId, plan, steps: await readUndoSteps(sequelize, planId, { limit: 10_000 }) };
}
