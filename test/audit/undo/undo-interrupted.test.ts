import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { withUserActor } from '../../../src/audit/actors.ts';
import { defineLogEntry, LogEntry } from '../../../src/audit/log-entry.ts';
import { verifyLog } from '../../../src/audit/proof/verify-log.ts';
import { auditlog } from '../../../src/audit/record/auditlog.ts';
import { type ApplyUndoOptions, applyUndo } from '../../../src/audit/undo/apply.ts';
import { readUndoPlan } from '../../../src/audit/undo/plan-store.ts';
import { planUndo } from '../../../src/audit/undo/plan-undo.ts';
import type { Database } from '../../../src/database/open-database.ts';
import { emptyTables } from '../../helpers/empty-tables.ts';
import { defineLibrary, type Library } from '../../helpers/library.ts';
import { createTestDatabase } from '../../helpers/test-database.ts';
import { TestProgram } from '../../helpers/test-program.ts';
import { inRun, newRun, person } from './undo-runs.ts';

/** Two batches. */
const count = 600;

let database: Database;
let library: Library;

beforeAll(async () => {
  database = await createTestDatabase();
  const { sequelize } = database;
  library = defineLibrary(sequelize);
  auditlog.register([library.Author, library.Book]);
  await sequelize.sync();
  defineLogEntry(sequelize);
});
afterAll(() => database.close());
beforeEach(() => emptyTables(database.sequelize, 'books', 'authors'));

/** Books whose titles a run has spoilt, and the plan to take that back. */
async function spoil(): Promise<{ planId: string; runId: string }> {
  const { sequelize } = database;
  const { Book } = library;
  const right = Array.from({ length: count }, (_, n) => ({ title: `Right ${n}` }));
  await withUserActor(person('ana'), () => Book.bulkCreate(right));
  const bad = await inRun(sequelize, 'bot', async () => {
    const books = await Book.findAll();
    const wrong = books.map(({ id, pages }) => ({ id, pages, title: 'Wrong' }));
    await Book.bulkCreate(wrong, { updateOnDuplicate: ['title'] });
  });
  const { id } = await planUndo(sequelize, { filter: { run: bad } }, person('una'));
  return { planId: id, runId: await newRun(sequelize) };
}

function apply(planId: string, runId: string, options: Partial<ApplyUndoOptions> = {}) {
  const start = () => applyUndo(database.sequelize, planId, { runId, ...options });
  return withUserActor(person('una'), start, { runId });
}

const stateOf = async (planId: string) => (await readUndoPlan(database.sequelize, planId)).state;
const wrong = () => library.Book.count({ where: { title: 'Wrong' } });
const problems = async () => {
  const own = auditlog.registrations().filter(({ model }) => model.sequelize === database.sequelize);
  return (await verifyLog(database.sequelize, own)).problems;
};

describe('an undo', () => {
  test('that was killed keeps what it had committed, says that it is not done, and resumes', async () => {
    const { planId, runId } = await spoil();
    const program = new TestProgram('audit/apply-plan.ts', { parameters: [database.url, planId, runId] });
    expect(await program.answer()).toBe(500);
    expect(await stateOf(planId)).toBe('applying');
    expect(await wrong()).toBe(count);
    expect(await program.ask('go on')).toBe(100);
    await program.kill();
    expect(await wrong()).toBe(count - 500);
    expect(await stateOf(planId)).toBe('applying');
    const result = await apply(planId, runId);
    expect(result).toMatchObject({ state: 'applied', counts: { restored: count, entries: count } });
    expect(await wrong()).toBe(0);
    expect(await LogEntry.count({ where: { runId } })).toBe(count);
    expect(await problems()).toBe(0);
  });

  test('says that it is done only when its last batch is committed', async () => {
    const { planId, runId } = await spoil();
    const states: string[] = [];
    const afterBatch = async () => {
      states.push(await stateOf(planId));
    };
    await apply(planId, runId, { afterBatch });
    expect(states).toEqual(['applying', 'applying']);
    expect(await stateOf(planId)).toBe('applied');
  });

  test('writes nothing of a batch that fails, and can be resumed', async () => {
    const { planId, runId } = await spoil();
    const batches: number[] = [];
    const afterBatch: ApplyUndoOptions['afterBatch'] = async (values) => {
      batches.push(values.length);
      if (batches.length === 2) throw new Error('The disk is full.');
    };
    await expect(apply(planId, runId, { afterBatch })).rejects.toThrow('The disk is full.');
    expect(await wrong()).toBe(count - 500);
    expect(await LogEntry.count({ where: { runId } })).toBe(500);
    await apply(planId, runId, { afterBatch });
    expect(batches).toEqual([500, 100, 100]);
    expect(await wrong()).toBe(0);
  });

  test('that two processes carry out at once does everything once', async () => {
    const { planId, runId } = await spoil();
    const told: string[] = [];
    const afterBatch: ApplyUndoOptions['afterBatch'] = async (values) => {
      told.push(...values.map(({ entryId }) => entryId));
    };
    const results = await Promise.all([
      apply(planId, runId, { afterBatch }),
      apply(planId, runId, { afterBatch }),
    ]);
    expect(results.map(({ state, counts }) => [state, counts.restored])).toEqual([
      ['applied', count],
      ['applied', count],
    ]);
    expect(new Set(told).size).toBe(count);
    expect(told).toHaveLength(count);
    expect(await LogEntry.count({ where: { runId } })).toBe(count);
  });

  test('is not taken over by another run, nor done again', async () => {
    const { planId, runId } = await spoil();
    const stop = new AbortController();
    await apply(planId, runId, { signal: stop.signal, afterBatch: async () => stop.abort() });
    const other = await newRun(database.sequelize);
    await expect(apply(planId, other)).rejects.toMatchObject({ code: 'UNDO_PLAN_DONE' });
    await apply(planId, runId);
    await expect(apply(planId, runId)).rejects.toMatchObject({ code: 'UNDO_PLAN_DONE' });
  });

  test('is somebody’s: without an actor nothing is written', async () => {
    const { planId, runId } = await spoil();
    await expect(applyUndo(database.sequelize, planId, { runId })).rejects.toMatchObject({
      code: 'AUDIT_NO_ACTOR',
    });
    expect(await stateOf(planId)).toBe('planned');
  });

  test('tells of each step how far it is', async () => {
    const { planId, runId } = await spoil();
    const progress: [number, number][] = [];
    await apply(planId, runId, { onProgress: (done, total) => progress.push([done, total]) });
    expect(progress).toEqual([0, 500, count].map((done) => [done, count]));
  });
});
