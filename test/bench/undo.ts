import { withScraperActor, withUserActor } from '../../src/audit/actors.ts';
import { applyUndo } from '../../src/audit/undo/apply.ts';
import { planUndo } from '../../src/audit/undo/plan-undo.ts';
import type { Database } from '../../src/database/open-database.ts';
import { Place } from '../../src/records/place.ts';
import { Run } from '../../src/runs/run.ts';
import { countRows, startAnew } from './bench-database.ts';
import { type Measurement, timedWork } from './rounds.ts';

const targetPlanSeconds = 2;
const targetApplySeconds = 10;

const una = { id: null, email: 'una@example.org' };

/** What a run did that is undone. Afterwards all is as it was before. */
interface UndoneRun {
  readonly what: 'changes' | 'creations' | 'deletions';
  /** Does it, to the `count` places that there are. */
  readonly work: (places: readonly Place[], count: number) => Promise<unknown>;
}

const undoneRuns: readonly UndoneRun[] = [
  {
    what: 'changes',
    work: (places) =>
      Place.bulkCreate(
        places.map((place) => ({ ...place.dataValues, name: 'Access denied', telephone: null })),
        { updateOnDuplicate: ['name', 'telephone'] },
      ),
  },
  {
    what: 'creations',
    work: (_, count) => makePlaces(count, 'https://bench.example/new/'),
  },
  {
    what: 'deletions',
    work: (places) => Place.destroy({ where: { id: places.map(({ id }) => id) } }),
  },
];

/**
 * The undo of runs that changed 2,000 records, made 2,000 and deleted 2,000: how long the plan takes, and how long
 * it takes to carry it out. The baselines are targets.
 *
 * @param scale how much of it is done; 1 is the benchmark
 */
export async function undo(database: Database, _round: number, scale: number): Promise<Measurement[]> {
  const count = Math.max(20, Math.round(2_000 * scale));
  const measurements: Measurement[] = [];
  for (const run of undoneRuns) measurements.push(...(await measure(database, run, count)));
  return measurements;
}

async function measure(
  { sequelize }: Database,
  { what, work }: UndoneRun,
  count: number,
): Promise<Measurement[]> {
  await startAnew(sequelize);
  const places = await withUserActor(una, () => makePlaces(count, 'https://bench.example/places/'));
  const run = await newRun();
  await withScraperActor(() => work(places, count), { runId: run });

  let planId = '';
  const planSeconds = await timedWork({
    name: `planning the undo of ${what}`,
    run: async () => {
      planId = (await planUndo(sequelize, { filter: { run } }, una)).id;
    },
    count: () => countRows(sequelize, { steps: 'undo_steps' }),
    leaves: { steps: count },
  });
  const runId = await newRun();
  const applySeconds = await timedWork({
    name: `undoing ${what}`,
    run: () => withUserActor(una, () => applyUndo(sequelize, planId, { runId }), { runId }),
    count: () =>
      countRows(sequelize, {
        places: 'places',
        'places as they were': `places WHERE name LIKE 'Place number %' AND telephone = '+13125550100'
          AND url LIKE 'https://bench.example/places/%'`,
        'log entries of the undo': `log_entries WHERE run_id = ${runId}`,
      }),
    leaves: { places: count, 'places as they were': count, 'log entries of the undo': count },
  });
  return [
    {
      comparison: 'undo-plan',
      variant: what,
      ours: count / planSeconds,
      baseline: 2_000 / targetPlanSeconds,
    },
    {
      comparison: 'undo-apply',
      variant: what,
      ours: count / applySeconds,
      baseline: 2_000 / targetApplySeconds,
    },
  ];
}

async function newRun(): Promise<string> {
  const { id } = await Run.create({
    spider: 'places',
    sourceName: 'bench',
    actorId: null,
    actorEmail: 'scraper@vibemap.com',
    requestKey: crypto.randomUUID(),
  });
  return id;
}

function makePlaces(count: number, address: string): Promise<Place[]> {
  return Place.bulkCreate(
    Array.from({ length: count }, (_, n) => ({
      name: `Place number ${n}`,
      telephone: '+13125550100',
      url: `${address}${n}`,
      description: `Open to all, on every day of the week but one. Row ${n}.`,
    })),
  );
}
