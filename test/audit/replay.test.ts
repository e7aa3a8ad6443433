import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { withUserActor } from '../../src/audit/actors.ts';
import type { LogProblem } from '../../src/audit/proof/object-replay.ts';
import { verifyLog } from '../../src/audit/proof/verify-log.ts';
import { createTestDatabase } from '../helpers/test-database.ts';
import { checkRun, expectedStates, stampOf } from './replay/check-run.ts';
import { Coverage } from './replay/coverage.ts';
import { refusedKinds } from './replay/operation-kinds.ts';
import { readRecordedState } from './replay/recorded-state.ts';
import { replayLog } from './replay/replay-log.ts';
import { describeRun, failIfNeeded } from './replay/report.ts';
import { openClients, Run } from './replay/run.ts';
import { runSequence } from './replay/run-sequence.ts';
import { sequences } from './replay/sequence.ts';
import { createStore } from './replay/store.ts';

/**
 * Random sequences of writes by every path, several sessions at once, with errors, rollbacks, deadlocks and killed
 * connections. After each: replaying the log gives the tables, record by record and step by step; every entry has
 * the author who wrote it; what was undone left no entry.
 *
 * `HOTSPOTS_TEST_LONG=1` runs for an hour. `HOTSPOTS_TEST_SEED` and `HOTSPOTS_TEST_PATH`, which a failure
 * names, repeat a sequence.
 */
const isLong = process.env.HOTSPOTS_TEST_LONG === '1';
const { HOTSPOTS_TEST_SEED: seed, HOTSPOTS_TEST_PATH: path } = process.env;
const isRepetition = path !== undefined;
const patience = isLong ? 4_000_000 : 600_000;

/** With triggers, every way of writing is recorded; without them, what hooks cannot see is refused. */
const settings = [
  { hasTriggers: true, runs: 400, minutes: 50 },
  { hasTriggers: false, runs: 120, minutes: 10 },
];

test.each(settings)(
  'replaying the log gives the tables, whatever is written, fails or is killed (triggers: $hasTriggers)',
  async ({ hasTriggers, runs, minutes }) => {
    // Sequelize says of each killed connection that it is dead.
    using _quiet = vi.spyOn(console, 'warn').mockImplementation(() => {});
    await using database = await createTestDatabase({ poolSize: 6 });
    const store = await createStore(database, { hasTriggers });
    await using clients = await openClients(store);
    const coverage = new Coverage();
    let before: Run | null = null;
    let lastEntry = 0n;
    const property = fc.asyncProperty(sequences({ hasTriggers }), async (sequence) => {
      const run = await Run.begin(store, clients, before);
      before = run;
      await runSequence(run, sequence);
      await run.untilQuiet();
      const state = await readRecordedState(clients.admin, { row: run.base, entry: lastEntry });
      lastEntry = state.entries.at(-1)?.id ?? lastEntry;
      coverage.note(run, new Set(state.entries.map(stampOf)));
      const problems = checkRun(run, state);
      if (problems.length > 0) throw new Error(`${problems.join('\n')}\n\n${describeRun(run, state)}`);
    });
    await fc.assert(property, {
      ...(seed !== undefined && { seed: Number(seed) }),
      ...(isRepetition && { path }),
      ...(isLong ? { numRuns: 1e9, interruptAfterTimeLimit: minutes * 60_000 } : { numRuns: runs }),
      timeout: 30_000,
      reporter: failIfNeeded,
    });

    const problems: LogProblem[] = [];
    const verified = await verifyLog(store.sequelize, store.registrations, {
      onProblem: (problem) => problems.push(problem),
    });
    expect(problems).toEqual([]);
    expect(verified.models.reduce((sum, { entries }) => sum + entries, 0)).toBeGreaterThan(
      isRepetition ? 0 : runs,
    );
    // All at once in memory: that is for hundreds of sequences, not for an hour of them.
    if (!isLong) expect(replayLog(await readRecordedState(clients.admin))).toEqual([]);
    if (isRepetition) return;
    const neverWriting = hasTriggers ? writingNothing : [...writingNothing, ...refusedKinds];
    const idle = coverage.idle().filter((kind) => !neverWriting.includes(kind));
    // Too few sequences for every way of writing to be sure of its turn, unless the run is long.
    if (isLong || hasTriggers) expect(idle).toEqual([]);
    for (const error of ['HookRejected', ...Object.keys(expectedStates)]) {
      const isCertain = isLong ? hasTriggers || error !== 'HSA03' : hasTriggers && !raceErrors.has(error);
      if (isCertain) expect(coverage.errors).toContain(error);
    }
  },
  patience,
);

/** Errors that two sessions must meet at the right moment to get: only a long run is sure to see them. */
const raceErrors: ReadonlySet<string> = new Set(['40001', '40P01', '55P03']);

/** Statements that change nothing that is recorded, or that are refused. */
const writingNothing = ['updateWithoutChange', 'updateUnrecorded', 'deleteAndReinsert'].flatMap((name) => [
  `query:${name}`,
  `psql:${name}`,
]);

test('the verification of the log finds the same records wrong as the replay here', async () => {
  await using database = await createTestDatabase();
  const store = await createStore(database);
  await using clients = await openClients(store);
  const ids = [1, 2, 3, 4];
  await withUserActor({ id: '1', email: 'ana@example.org' }, async () => {
    await store.Crate.bulkCreate(ids.map((id) => ({ id, name: `crate ${id}`, secret: 'hush' })));
    await store.Crate.update({ count: 8 }, { where: { id: ids } });
  });
  // As somebody does who wants no trace.
  await clients.admin.query(`
    SET session_replication_role = replica;
    UPDATE crates SET count = 9 WHERE id = 1;
    DELETE FROM crates WHERE id = 2;
    INSERT INTO crates (id, name) VALUES (5, 'from nowhere');
    UPDATE crates SET secret = NULL WHERE id = 3;
    RESET session_replication_role`);

  const found: LogProblem[] = [];
  await verifyLog(store.sequelize, store.registrations, { onProblem: (problem) => found.push(problem) });
  expect(found.map(({ model, objectId }) => `${model}/${objectId}`).sort()).toEqual([
    'Crate/1',
    'Crate/2',
    'Crate/3',
    'Crate/5',
  ]);
  const replayed = replayLog(await readRecordedState(clients.admin));
  expect(replayed.map((problem) => problem.split(':')[0]).sort()).toEqual([
    'Crate/1',
    'Crate/2',
    'Crate/3',
    'Crate/5',
  ]);
});
