import { withScraperActor, withUserActor } from '../../src/audit/actors.ts';
import { applyUndo } from '../../src/audit/undo/apply.ts';
import { planUndo } from '../../src/audit/undo/plan-undo.ts';
import type { UndoSelection } from '../../src/audit/undo/undo-plan.ts';
import type { Database } from '../../src/database/open-database.ts';
import { Place } from '../../src/records/place.ts';
import { Run } from '../../src/runs/run.ts';
import { emptyTables } from '../helpers/empty-tables.ts';
import type { Measurement } from './rounds.ts';

const count = 2000;
const targetPlanSeconds = 2;
const targetApplySeconds = 10;

const una = { id: null, email: 'una@example.org' };

/**
 * The undo of runs that changed 2,000 records, made 2,000 and deleted 2,000: how long the plan takes, and how long
 * it takes to carry it out. The baselines are what is asked for.
 */
export async function undo(database: Database): Promise<Measurement[]> {
  await emptyTables(database.sequelize, 'places', 'events', 'runs', 'undo_plans');
  const [toChange, toDelete] = await withUserActor(una, async () => [await makePlaces(), await makePlaces()]);
  const changed = await inRun(() =>
    Place.bulkCreate(
      toChange.map((place) => ({ ...place.dataValues, name: 'Access denied', telephone: null })),
      { updateOnDuplicate: ['name', 'telephone'] },
    ),
  );
  const made = await inRun(makePlaces);
  const deleted = await inRun(() => Place.destroy({ where: { id: toDelete.map(({ id }) => id) } }));
  return [
    ...(await measure(database, 'changes', changed)),
    ...(await measure(database, 'creations', made)),
    ...(await measure(database, 'deletions', deleted)),
  ];
}

async function inRun(work: () => Promise<unknown>): Promise<string> {
  const runId = await newRun();
  await withScraperActor(work, { runId });
  return runId;
}

async function newRun(): Promise<string> {
  const { id } = await Run.create({
    ...{ spider: 'places', sourceName: 'bench', actorId: null, actorEmail: 'scraper@vibemap.com' },
    requestKey: crypto.randomUUID(),
  });
  return id;
}

function makePlaces(): Promise<Place[]> {
  return Place.bulkCreate(
    Array.from({ length: count }, (_, n) => ({
      name: `Place number ${n}`,
      telephone: '+13125550100',
      url: `https://bench.example/places/${n}`,
      description: `Open to all, on every day of the week but one. Row ${n}.`,
    })),
  );
}

async function measure({ sequelize }: Database, what: string, run: string): Promise<Measurement[]> {
  const selection: UndoSelection = { filter: { run } };
  const start = performance.now();
  const plan = await planUndo(sequelize, selection, una);
  const planned = performance.now();
  const runId = await newRun();
  const { counts } = await withUserActor(una, () => applyUndo(sequelize, plan.id, { runId }), { runId });
  const applied = performance.now();
  if (counts.restored + counts.recreated + counts.removed !== count || counts.skipped > 0)
    throw new Error(`The undo of the benchmark did not do all of it: ${JSON.stringify(counts)}`);
  const measurement = (name: string, milliseconds: number, seconds: number): Measurement => ({
    name: `${name} ${count} ${what}, against what is asked for`,
    ours: count / (milliseconds / 1000),
    baseline: count / seconds,
    unit: 'changes/s',
    target: 1,
  });
  return [
    measurement('planning the undo of', planned - start, targetPlanSeconds),
    measurement('undoing', applied - planned, targetApplySeconds),
  ];
}
