import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { withUserActor } from '../../../src/audit/actors.ts';
import { defineLogEntry } from '../../../src/audit/log-entry.ts';
import { auditlog } from '../../../src/audit/record/auditlog.ts';
import { applyUndo } from '../../../src/audit/undo/apply.ts';
import { readUndoPlan, readUndoSteps } from '../../../src/audit/undo/plan-store.ts';
import { planUndo } from '../../../src/audit/undo/plan-undo.ts';
import type { Database } from '../../../src/database/open-database.ts';
import { emptyTables } from '../../helpers/empty-tables.ts';
import { defineLibrary, type Library } from '../../helpers/library.ts';
import { createTestDatabase } from '../../helpers/test-database.ts';
import { inRun, newRun, person } from './undo-runs.ts';

/** One more than a batch: the last is written in a transaction of its own, after the others are committed. */
const count = 501;

let database: Database;
let library: Library;

beforeAll(async () => {
  database = await createTestDatabase();
  library = defineLibrary(database.sequelize);
  auditlog.register([library.Author, library.Book]);
  await database.sequelize.sync();
  defineLogEntry(database.sequelize);
});
afterAll(() => database.close());
beforeEach(() => emptyTables(database.sequelize, 'books', 'authors'));

const as = <Result>(name: string, fn: () => Promise<Result>) => withUserActor(person(name), fn);
const many = (title: string) => Array.from({ length: count }, () => ({ title }));
const run = (fn: () => Promise<unknown>) => inRun(database.sequelize, 'bot', fn);

/** Undoes a run, lets `meanwhile` happen between its two batches, and gives the step of the second. */
async function undoWhile(bad: string, meanwhile: () => Promise<unknown>) {
  const { sequelize } = database;
  const { id } = await planUndo(sequelize, { filter: { run: bad } }, person('una'));
  const runId = await newRun(sequelize);
  const first = new AbortController();
  const apply = (signal?: AbortSignal) =>
    withRun(runId, () => applyUndo(sequelize, id, { runId, signal, afterBatch: async () => first.abort() }));
  await apply(first.signal);
  await meanwhile();
  await apply();
  const [step] = await readUndoSteps(sequelize, id, { limit: 1, after: count - 1 });
  return { step, plan: await readUndoPlan(sequelize, id) };
}

const withRun = <Result>(runId: string, fn: () => Promise<Result>) =>
  withUserActor(person('una'), fn, { runId });

describe('what somebody writes while an undo is being carried out', () => {
  test('stays, and is named', async () => {
    const { Book } = library;
    await as('ana', () => Book.bulkCreate(many('Right')));
    const bad = await run(() => Book.update({ title: 'Wrong', pages: 0 }, { where: {} }));
    const { step, plan } = await undoWhile(bad, () =>
      as('ben', () => Book.update({ title: 'Ben’s' }, { where: { title: 'Wrong' } })),
    );
    expect(await Book.findAll({ where: { title: 'Ben’s' } })).toMatchObject([{ pages: 100 }]);
    expect(step).toMatchObject({
      state: 'done',
      fields: [{ field: 'pages' }],
      conflicts: [{ field: 'title', reason: 'changed', actorEmail: 'ben@example.org', value: 'Ben’s' }],
    });
    expect(plan.counts).toMatchObject({ restored: count, fields: 2 * count - 1, skipped: 1 });
  });

  test('stays also when it is the value that was there', async () => {
    const { Book } = library;
    await as('ana', () => Book.bulkCreate(many('Right')));
    const bad = await run(() => Book.update({ title: 'Odd' }, { where: {} }));
    const { step } = await undoWhile(bad, () =>
      as('ben', async () => {
        const book = await Book.findOne({ where: { title: 'Odd' } });
        await book?.update({ title: 'For a moment' });
        await book?.update({ title: 'Odd' });
      }),
    );
    expect(await Book.count({ where: { title: 'Odd' } })).toBe(1);
    expect(step).toMatchObject({ state: 'skipped', conflicts: [{ actorEmail: 'ben@example.org' }] });
  });

  test('keeps a created record, also when a field is filled that was empty', async () => {
    const { Book } = library;
    const bad = await run(() => Book.bulkCreate(many('Unwanted')));
    const { step, plan } = await undoWhile(bad, () =>
      as('ben', () => Book.update({ price: '12.50' }, { where: {} })),
    );
    expect(await Book.findAll()).toMatchObject([{ title: 'Unwanted', price: '12.50' }]);
    expect(step).toMatchObject({ state: 'skipped', conflicts: [{ actorEmail: 'ben@example.org' }] });
    expect(plan.counts).toMatchObject({ removed: count - 1, skipped: 1 });
  });

  test('keeps a created record that it points to', async () => {
    const { Author, Book } = library;
    const bad = await run(() => Author.bulkCreate(many('').map((_, n) => ({ name: `Author ${n}` }))));
    const { step } = await undoWhile(bad, () =>
      as('ben', async () => void (await (await Author.findOne())?.createBook({ title: 'Ben’s' }))),
    );
    const [author] = await Author.findAll();
    expect(await Book.findOne()).toMatchObject({ title: 'Ben’s', authorId: author?.id ?? 'an author' });
    expect(step).toMatchObject({ state: 'skipped', conflicts: [{ reason: 'referenced' }] });
  });

  test('is not undone when it brought the record back itself', async () => {
    const { Book } = library;
    await as('ana', () => Book.bulkCreate(many('Right')));
    const bad = await run(() => Book.destroy({ where: {} }));
    const { step } = await undoWhile(bad, async () => {
      const kept = new Set((await Book.findAll()).map(({ id }) => id));
      const id = Array.from({ length: count }, (_, n) => n + 1).find((n) => !kept.has(n));
      await as('ben', () => Book.create({ ...(id !== undefined && { id }), title: 'Ben’s' }));
    });
    expect(await Book.count({ where: { title: 'Ben’s' } })).toBe(1);
    expect(step).toMatchObject({ state: 'skipped', conflicts: [{ actorEmail: 'ben@example.org' }] });
  });

  test('stays when it is deleted, and is named', async () => {
    const { Book } = library;
    await as('ana', () => Book.bulkCreate(many('Right')));
    const bad = await run(() => Book.update({ title: 'Wrong' }, { where: {} }));
    const { step } = await undoWhile(bad, () => as('ben', () => Book.destroy({ where: { title: 'Wrong' } })));
    expect(await Book.count()).toBe(count - 1);
    expect(step).toMatchObject({
      state: 'skipped',
      conflicts: [{ field: 'title', reason: 'deleted', actorEmail: 'ben@example.org' }],
    });
  });
});

describe('what somebody had written, but not committed, when the plan was made', () => {
  test('keeps a created record', async () => {
    const { Author, Book } = library;
    const bad = await run(() => Book.create({ title: 'Unwanted' }));
    const open = await database.sequelize.transaction();
    await as('ben', () => Book.update({ price: '12.50' }, { where: {}, transaction: open }));
    // Its entry has a higher number than those that wait to be committed.
    await as('ana', () => Author.create({ name: 'Ada' }));
    const { id } = await planUndo(database.sequelize, { filter: { run: bad } }, person('una'));
    await open.commit();
    const runId = await newRun(database.sequelize);
    await withRun(runId, () => applyUndo(database.sequelize, id, { runId })).catch(() => {});
    expect(await Book.findAll()).toMatchObject([{ title: 'Unwanted', price: '12.50' }]);
  });
});
