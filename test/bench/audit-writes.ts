import type { ModelStatic, Sequelize } from 'sequelize';
import { withUserActor } from '../../src/audit/actors.ts';
import type { Database } from '../../src/database/open-database.ts';
import { countRows, startAnew } from './bench-database.ts';
import { type BenchRow, type BenchTables, benchValues, defineBenchTables } from './bench-rows.ts';
import { type Measurement, timedWork } from './rounds.ts';

const batchSize = 500;
const ana = { id: '1', email: 'ana@example.org' };

let tables: BenchTables | undefined;

/** How a table is written in each of the ways, in rows per second. */
interface Rates {
  readonly bulk: number;
  readonly single: number;
}

interface Sizes {
  readonly bulk: number;
  readonly single: number;
  readonly updated: number;
}

/**
 * What the audit costs in each way of writing, against the same without it. Each begins with empty tables.
 *
 * @param scale how much of it is done; 1 is the benchmark
 */
export async function auditWrites(database: Database, round: number, scale: number): Promise<Measurement[]> {
  const { sequelize } = database;
  tables ??= await defineBenchTables(sequelize);
  const { plain, hooked, audited, wholeRows } = tables;
  const size = (full: number) => Math.max(batchSize, Math.round(full * scale));
  const sizes = { bulk: size(10_000), single: size(1_000), updated: size(100_000) };
  const rates = new Map<ModelStatic<BenchRow>, Rates>();
  const updates = new Map<ModelStatic<BenchRow>, number>();
  const none: Rates = { bulk: Number.NaN, single: Number.NaN };
  await withUserActor(ana, async () => {
    // Another one is first in each round: who comes first may find another machine.
    for (const model of turned([plain, hooked, audited], round))
      rates.set(model, await rowByRow(sequelize, model, sizes, model !== plain));
    for (const model of turned([wholeRows, audited], round))
      updates.set(model, await wholeTable(sequelize, model, sizes.updated));
  });
  const of = (model: ModelStatic<BenchRow>) => rates.get(model) ?? none;
  const ours = of(audited);
  return [
    { comparison: 'audit-bulk', ours: ours.bulk, baseline: of(plain).bulk },
    { comparison: 'audit-single', ours: ours.single, baseline: of(plain).single },
    {
      comparison: 'audit-update',
      ours: updates.get(audited) ?? Number.NaN,
      baseline: updates.get(wholeRows) ?? Number.NaN,
    },
    { comparison: 'audit-bulk-triggers', ours: ours.bulk, baseline: of(hooked).bulk },
    { comparison: 'audit-single-triggers', ours: ours.single, baseline: of(hooked).single },
  ];
}

function turned<Thing>(things: readonly Thing[], round: number): Thing[] {
  const first = (round - 1) % things.length;
  return [...things.slice(first), ...things.slice(0, first)];
}

async function rowByRow(
  sequelize: Sequelize,
  model: ModelStatic<BenchRow>,
  sizes: Sizes,
  isAudited: boolean,
): Promise<Rates> {
  const measure = async (name: string, run: () => Promise<void>, rows: number, entries: number) => {
    await startAnew(sequelize);
    return await timedWork({
      name: `${name} of ${model.name}`,
      run,
      count: () => countRows(sequelize, { rows: model.name, 'log entries': 'log_entries' }),
      leaves: { rows, 'log entries': isAudited ? entries : 0 },
    });
  };
  const bulkSeconds = await measure(
    'bulkCreate',
    () => bulkCreate(model, sizes.bulk),
    sizes.bulk,
    sizes.bulk,
  );
  const writes = sizes.single * 2;
  const singleSeconds = await measure(
    'create and update',
    () => createAndUpdate(sequelize, model, sizes.single),
    sizes.single,
    writes,
  );
  return { bulk: sizes.bulk / bulkSeconds, single: writes / singleSeconds };
}

async function bulkCreate(model: ModelStatic<BenchRow>, rows: number): Promise<void> {
  for (let from = 0; from < rows; from += batchSize) {
    const length = Math.min(batchSize, rows - from);
    await model.bulkCreate(Array.from({ length }, (_, n) => benchValues(from + n)));
  }
}

/** Each in a transaction of its own, audited or not: that is how careful code writes. */
async function createAndUpdate(
  sequelize: Sequelize,
  model: ModelStatic<BenchRow>,
  rows: number,
): Promise<void> {
  for (let n = 0; n < rows; n += 1) {
    const row = await sequelize.transaction((transaction) => model.create(benchValues(n), { transaction }));
    await sequelize.transaction((transaction) => row.update({ status: 'EventCancelled' }, { transaction }));
  }
}

/** One update of all rows, in rows per second. */
async function wholeTable(sequelize: Sequelize, model: ModelStatic<BenchRow>, rows: number): Promise<number> {
  await startAnew(sequelize);
  await fill(sequelize, model, rows);
  const isAudited = model === tables?.audited;
  const seconds = await timedWork({
    name: `Model.update of ${model.name}`,
    run: () => model.update({ status: 'EventPostponed', organizer: 'Nobody' }, { where: { isFree: false } }),
    count: () =>
      countRows(sequelize, {
        'changed rows': `${model.name} WHERE status = 'EventPostponed' AND organizer = 'Nobody'`,
        'log entries': 'log_entries',
        'whole rows': 'bench_whole_row_log',
      }),
    leaves: {
      'changed rows': rows,
      'log entries': isAudited ? rows : 0,
      'whole rows': isAudited ? 0 : rows,
    },
  });
  return rows / seconds;
}

/** Rows for the update, made in the database and left unrecorded. */
async function fill(sequelize: Sequelize, model: ModelStatic<BenchRow>, rows: number): Promise<void> {
  await sequelize.transaction(async (transaction) => {
    await sequelize.query(`ALTER TABLE ${model.name} DISABLE TRIGGER USER`, { transaction });
    await sequelize.query(
      `INSERT INTO ${model.name} (name, description, url, start_date, time_zone, status, organizer, low_price, is_free)
       SELECT 'Concert ' || n, repeat('An evening with the band. ', 4), 'https://bench.example/' || n, now(),
              'America/Chicago', 'EventScheduled', 'The Band', 15, false
       FROM generate_series(1, ${rows}) n`,
      { transaction },
    );
    await sequelize.query(`ALTER TABLE ${model.name} ENABLE TRIGGER USER`, { transaction });
  });
  await sequelize.query(`VACUUM ANALYZE ${model.name}`);
}
