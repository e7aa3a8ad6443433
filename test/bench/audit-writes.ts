import type { ModelStatic } from 'sequelize';
import { withUserActor } from '../../src/audit/actors.ts';
import { auditlog } from '../../src/audit/record/auditlog.ts';
import { installTriggers } from '../../src/audit/triggers/install.ts';
import type { Database } from '../../src/database/open-database.ts';
import { emptyTables } from '../helpers/empty-tables.ts';
import { type BenchRow, benchValues, defineBenchRow } from './bench-row.ts';
import type { Measurement } from './rounds.ts';

const bulkRows = 10_000;
const batchSize = 500;
const singleRows = 1_000;
const updatedRows = 100_000;

interface Tables {
  /** Not audited. */
  plain: ModelStatic<BenchRow>;
  /** Audited by hooks, without triggers. */
  hooked: ModelStatic<BenchRow>;
  /** Audited as people use it: hooks and triggers. */
  audited: ModelStatic<BenchRow>;
  /** Not audited; a simple statement-level trigger stores whole rows. */
  wholeRows: ModelStatic<BenchRow>;
}

let tables: Tables | undefined;

async function defineTables({ sequelize }: Database): Promise<Tables> {
  const plain = await defineBenchRow(sequelize, 'bench_plain');
  const hooked = await defineBenchRow(sequelize, 'bench_hooked');
  const audited = await defineBenchRow(sequelize, 'bench_audited');
  const wholeRows = await defineBenchRow(sequelize, 'bench_whole_rows');
  auditlog.register([hooked, audited]);
  await installTriggers(
    sequelize,
    auditlog.registrations().filter(({ model }) => model === audited),
  );
  await sequelize.query(`
    CREATE TABLE bench_whole_row_log (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz DEFAULT now(), old_row jsonb, new_row jsonb);
    CREATE FUNCTION log_whole_rows() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO bench_whole_row_log (old_row, new_row)
      SELECT to_jsonb(o), to_jsonb(n) FROM old_rows o JOIN new_rows n USING (id);
      RETURN NULL;
    END $$;
    CREATE TRIGGER log_whole_rows AFTER UPDATE ON bench_whole_rows
      REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
      FOR EACH STATEMENT EXECUTE FUNCTION log_whole_rows()`);
  return { plain, hooked, audited, wholeRows };
}

/** What the audit costs on each way of writing, against the same without it. */
export async function auditWrites(database: Database): Promise<Measurement[]> {
  tables ??= await defineTables(database);
  const { plain, hooked, audited, wholeRows } = tables;
  const names = [plain, hooked, audited, wholeRows].map((model) => model.name);
  await emptyTables(database.sequelize, 'log_entries', 'bench_whole_row_log', ...names);
  const ana = { id: '1', email: 'ana@example.org' };
  const rate = (rows: number, work: () => Promise<void>) =>
    withUserActor(ana, async () => {
      const start = performance.now();
      await work();
      return rows / ((performance.now() - start) / 1000);
    });

  const bulk: Record<string, number> = {};
  const single: Record<string, number> = {};
  // Taken in turns, so that a slow moment of the machine does not fall on one side alone.
  for (const [name, model] of Object.entries({ plain, hooked, audited })) {
    bulk[name] = await rate(bulkRows, () => bulkCreate(model));
    single[name] = await rate(singleRows * 2, () => createAndSave(database, model));
  }
  for (const model of [audited, wholeRows]) await fill(database, model);
  const baselineUpdate = await rate(updatedRows, () => updateAll(wholeRows));
  const update = await rate(updatedRows, () => updateAll(audited));

  const ratio = (name: string, ours = 0, baseline = 0, target = 0) => ({
    name,
    ours,
    baseline,
    unit: 'rows/s',
    target,
  });
  return [
    ratio('bulkCreate, audited ÷ not audited', bulk.audited, bulk.plain, 0.55),
    ratio('create and save one by one, audited ÷ not audited', single.audited, single.plain, 0.6),
    ratio('Model.update, audited ÷ whole-row trigger', update, baselineUpdate, 0.8),
    ratio('bulkCreate, triggers present ÷ absent', bulk.audited, bulk.hooked, 0.95),
    ratio('create and save, triggers present ÷ absent', single.audited, single.hooked, 0.95),
  ];
}

async function bulkCreate(model: ModelStatic<BenchRow>): Promise<void> {
  for (let from = 0; from < bulkRows; from += batchSize) {
    await model.bulkCreate(Array.from({ length: batchSize }, (_, n) => benchValues(from + n)));
  }
}

/** Each in a transaction of its own, audited or not: that is how careful code writes. */
async function createAndSave({ sequelize }: Database, model: ModelStatic<BenchRow>): Promise<void> {
  for (let n = 0; n < singleRows; n += 1) {
    const row = await sequelize.transaction((transaction) => model.create(benchValues(n), { transaction }));
    await sequelize.transaction((transaction) => row.update({ status: 'EventCancelled' }, { transaction }));
  }
}

/** Rows for the update, made in the database and left unrecorded. */
async function fill({ sequelize }: Database, model: ModelStatic<BenchRow>): Promise<void> {
  await sequelize.transaction(async (transaction) => {
    await sequelize.query(`ALTER TABLE ${model.name} DISABLE TRIGGER USER`, { transaction });
    await sequelize.query(`TRUNCATE ${model.name}`, { transaction });
    await sequelize.query(
      `INSERT INTO ${model.name} (name, description, url, start_date, time_zone, status, organizer, low_price, is_free)
       SELECT 'Concert ' || n, repeat('An evening with the band. ', 4), 'https://bench.example/' || n, now(),
              'America/Chicago', 'EventScheduled', 'The Band', 15, false
       FROM generate_series(1, ${updatedRows}) n`,
      { transaction },
    );
    await sequelize.query(`ALTER TABLE ${model.name} ENABLE TRIGGER USER`, { transaction });
  });
  await sequelize.query(`VACUUM ANALYZE ${model.name}`);
}

async function updateAll(model: ModelStatic<BenchRow>): Promise<void> {
  await model.update({ status: 'EventPostponed', organizer: 'Nobody' }, { where: { isFree: false } });
}
