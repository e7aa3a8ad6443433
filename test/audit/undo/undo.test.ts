import type { Sequelize } from 'sequelize';
import { describe, expect, test } from 'vitest';
import { withUserActor } from '../../../src/audit/actors.ts';
import { LogEntry } from '../../../src/audit/log-entry.ts';
import { verifyLog } from '../../../src/audit/proof/verify-log.ts';
import { fieldAuthors, fieldKey } from '../../../src/audit/read/authors.ts';
import { auditlog } from '../../../src/audit/record/auditlog.ts';
import { applyUndo } from '../../../src/audit/undo/apply.ts';
import { findInterruptedPlan, readUndoPlan } from '../../../src/audit/undo/plan-store.ts';
import { planUndo } from '../../../src/audit/undo/plan-undo.ts';
import { StalePlanError } from '../../../src/audit/undo/recheck.ts';
import { auditModes } from '../../helpers/audit-modes.ts';
import { defineLibrary, type Library } from '../../helpers/library.ts';
import { useAuditedModels } from '../../helpers/use-audited-models.ts';
import { applyPlan, inRun, newRun, person, undo } from './undo-runs.ts';

function defineAudited(sequelize: Sequelize): Library {
  const library = defineLibrary(sequelize);
  auditlog.register([library.Author, library.Book, library.Cover, library.Tag]);
  return library;
}

describe.each(auditModes)('undo, %s', (mode) => {
  const audited = useAuditedModels(mode, defineAudited);
  const as = <Result>(name: string, fn: () => Promise<Result>) => withUserActor(person(name), fn);
  const run = (name: string, fn: () => Promise<unknown>) => inRun(audited.sequelize, name, fn);
  const titles = async () => {
    const books = await audited.models.Book.findAll({ order: [['id', 'ASC']] });
    return books.map(({ title }) => title);
  };
  const everything = async () => {
    const { Author, Book, Cover } = audited.models;
    const rows = [await Author.findAll(), await Book.findAll(), await Cover.findAll()];
    return rows.map((list) =>
      list
        .map((row) => {
          const { createdAt: _, updatedAt: __, ...values } = JSON.parse(JSON.stringify(row));
          return values;
        })
        .sort((a, b) => a.id - b.id),
    );
  };
  const problems = async () => {
    const own = auditlog.registrations().filter(({ model }) => model.sequelize === audited.sequelize);
    const { problems: count } = await verifyLog(audited.sequelize, own);
    return count;
  };

  test('takes three edits of one field back to what was before the first', async () => {
    const { Book } = audited.models;
    const book = await as('ana', () => Book.create({ title: 'Right' }));
    const bad = await run('bot', async () => {
      for (const title of ['One', 'Two', 'Three']) await book.update({ title });
    });
    const { plan, steps } = await undo(audited.sequelize, { filter: { run: bad } });
    expect(await titles()).toEqual(['Right']);
    expect(plan).toMatchObject({
      state: 'applied',
      counts: { restored: 1, fields: 1, entries: 3, skipped: 0 },
    });
    expect(steps[0]?.fields).toMatchObject([{ field: 'title', now: 'Three', was: 'Right' }]);
    expect(await problems()).toBe(0);
  });

  test('takes a field back that was emptied by deleting the record and making it anew', async () => {
    const { Book } = audited.models;
    const book = await as('ana', () => Book.create({ title: 'Right', price: '9.50' }));
    const bad = await run('bot', async () => {
      await book.destroy();
      await Book.create({ id: book.id, title: 'Wrong' });
    });
    await undo(audited.sequelize, { filter: { run: bad, field: 'price' } });
    expect(await Book.findByPk(book.id)).toMatchObject({ title: 'Wrong', price: '9.50' });
  });

  test('empties a field again that was filled by deleting the record and making it anew', async () => {
    const { Book } = audited.models;
    const book = await as('ana', () => Book.create({ title: 'Right' }));
    const bad = await run('bot', async () => {
      await book.destroy();
      await Book.create({ id: book.id, title: 'Wrong', price: '9.50' });
    });
    await undo(audited.sequelize, { filter: { run: bad, field: 'price' } });
    expect(await Book.findByPk(book.id)).toMatchObject({ title: 'Wrong', price: null });
  });

  test('leaves a value that somebody else wrote since, and names who; the other fields return', async () => {
    const { Book } = audited.models;
    const book = await as('ana', () => Book.create({ title: 'Right', pages: 10 }));
    const bad = await run('bot', () => book.update({ title: 'Wrong', pages: 11 }));
    await as('ben', () => book.update({ title: 'Better' }));
    const { plan, steps } = await undo(audited.sequelize, { filter: { run: bad } });
    expect(await Book.findOne()).toMatchObject({ title: 'Better', pages: 10 });
    expect(plan.counts).toMatchObject({
      restored: 1,
      fields: 1,
      skipped: 1,
      conflictsByActor: { 'ben@example.org': 1 },
    });
    expect(steps[0]?.conflicts).toMatchObject([
      { field: 'title', reason: 'changed', actorEmail: 'ben@example.org', value: 'Better' },
    ]);
  });

  test('leaves a value that somebody else wrote since also when it is the same value', async () => {
    const { Book } = audited.models;
    const book = await as('ana', () => Book.create({ title: 'Right' }));
    const bad = await run('bot', () => book.update({ title: 'Odd' }));
    await as('ben', async () => {
      await book.update({ title: 'For a moment' });
      await book.update({ title: 'Odd' });
    });
    const { plan } = await undo(audited.sequelize, { filter: { run: bad } });
    expect(await titles()).toEqual(['Odd']);
    expect(plan.counts).toMatchObject({ restored: 0, skipped: 1 });
  });

  test('gives back what somebody wrote in between, and not what was before that', async () => {
    const { Book } = audited.models;
    const book = await as('ana', () => Book.create({ title: 'First' }));
    const bad = await newRun(audited.sequelize);
    const asBot = (title: string) =>
      withUserActor(person('bot'), () => book.update({ title }), { runId: bad });
    await asBot('Bad');
    await as('ben', () => book.update({ title: 'Mended' }));
    await asBot('Bad again');
    const { steps } = await undo(audited.sequelize, { filter: { run: bad } });
    expect(await titles()).toEqual(['Mended']);
    expect(steps[0]?.fields[0]).toMatchObject({ was: 'Mended', author: { actorEmail: 'ben@example.org' } });
  });

  test('does not conflict with itself when it takes back several runs at once', async () => {
    const { Book } = audited.models;
    const book = await as('ana', () => Book.create({ title: 'Right' }));
    const first = await run('bot', () => book.update({ title: 'Wrong' }));
    const second = await run('bot', () => book.update({ title: 'More wrong' }));
    const { plan } = await undo(audited.sequelize, { filter: { run: [first, second] } });
    expect(await titles()).toEqual(['Right']);
    expect(plan.counts).toMatchObject({ restored: 1, skipped: 0 });
  });

  test('does nothing about a record that was made and deleted by what is undone', async () => {
    const { Book } = audited.models;
    const bad = await run('bot', async () => {
      const book = await Book.create({ title: 'Ghost' });
      await book.update({ title: 'Still a ghost' });
      await book.destroy();
    });
    const { plan } = await undo(audited.sequelize, { filter: { run: bad } });
    expect(plan.counts).toMatchObject({ already: 1, skipped: 0, recreated: 0, removed: 0 });
    expect(await titles()).toEqual([]);
  });

  test('brings deleted records back with their ids, values and relations, parents first', async () => {
    const { Author, Book, Cover } = audited.models;
    await as('ana', async () => {
      const author = await Author.create({ name: 'Ada' });
      await author.createBook({
        title: 'Notes',
        price: '12.50',
        details: { a: [1, null] },
        publishedAt: new Date(0),
      });
      await Cover.create({ colour: 'red', bookId: (await Book.findOne())?.id ?? null });
    });
    const before = await everything();
    const bad = await run('bot', async () => {
      for (const row of [await Cover.findOne(), await Book.findOne(), await Author.findOne()])
        await row?.destroy();
    });
    expect(await everything()).toEqual([[], [], []]);
    const { plan } = await undo(audited.sequelize, { filter: { run: bad } });
    expect(await everything()).toEqual(before);
    expect(plan.counts).toMatchObject({ recreated: 3, skipped: 0 });
    expect(await problems()).toBe(0);
  });

  test('removes created records, children first, unless others point to them or edited them', async () => {
    const { Author, Book } = audited.models;
    const bad = await run('bot', async () => {
      for (const name of ['Kept by a book', 'Kept by an edit', 'Unwanted']) await Author.create({ name });
      await (await Author.findOne({ where: { name: 'Unwanted' } }))?.createBook({ title: 'Also unwanted' });
    });
    await as('ben', async () => {
      await (await Author.findOne({ where: { name: 'Kept by a book' } }))?.createBook({ title: 'Ben’s' });
      await (await Author.findOne({ where: { name: 'Kept by an edit' } }))?.update({ name: 'Edited' });
    });
    const { plan, steps } = await undo(audited.sequelize, { filter: { run: bad } });
    expect((await Author.findAll()).map(({ name }) => name).sort()).toEqual(['Edited', 'Kept by a book']);
    expect(await titles()).toEqual(['Ben’s']);
    expect(plan.counts).toMatchObject({ removed: 2, skipped: 2 });
    const reasons = steps.flatMap(({ conflicts }) =>
      conflicts.map(({ reason, actorEmail }) => [reason, actorEmail]),
    );
    expect(reasons.sort()).toEqual([
      ['edited', 'ben@example.org'],
      ['referenced', null],
    ]);
    expect(await Book.count()).toBe(1);
    expect(await problems()).toBe(0);
  });

  test('undoes chosen fields only, and leaves creations and deletions alone then', async () => {
    const { Book } = audited.models;
    const book = await as('ana', () => Book.create({ title: 'Right', pages: 1 }));
    const bad = await run('bot', async () => {
      await book.update({ title: 'Wrong', pages: 2 });
      await Book.create({ title: 'New' });
    });
    const { plan } = await undo(audited.sequelize, { filter: { run: bad, field: 'title' } });
    expect(await titles()).toEqual(['Right', 'New']);
    expect(plan.counts).toMatchObject({ restored: 1, removed: 0, records: 1 });
    expect((await Book.findByPk(book.id))?.pages).toBe(2);
  });

  test('undoes a single change by its number and keeps those before and after it', async () => {
    const { Book } = audited.models;
    const book = await as('ana', () => Book.create({ title: 'One', pages: 1, price: '1.00' }));
    await as('ana', () => book.update({ title: 'Two' }));
    await as('bot', () => book.update({ pages: 2 }));
    await as('ana', () => book.update({ price: '3.00' }));
    const entries = await LogEntry.findAll({ order: [['id', 'ASC']] });
    await undo(audited.sequelize, { entryIds: [entries[2]?.id ?? ''] });
    expect(await Book.findOne()).toMatchObject({ title: 'Two', pages: 1, price: '3.00' });
  });

  test('gives back exactly what was when the undo is undone', async () => {
    const { Author, Book } = audited.models;
    await as('ana', async () => {
      const author = await Author.create({ name: 'Ada' });
      for (const title of ['Kept', 'Gone']) await author.createBook({ title });
    });
    const bad = await run('bot', async () => {
      await (await Book.findOne({ where: { title: 'Kept' } }))?.update({ title: 'Denied', price: '0.10' });
      await (await Book.findOne({ where: { title: 'Gone' } }))?.destroy();
      await (await Author.findOne())?.createBook({ title: 'New', pages: 3 });
      await (await Author.findOne())?.update({ name: 'Denied' });
    });
    const after = await everything();
    const { runId } = await undo(audited.sequelize, { filter: { run: bad } });
    expect(await everything()).not.toEqual(after);
    const again = await undo(audited.sequelize, { filter: { run: runId } });
    expect(await everything()).toEqual(after);
    expect(again.plan.counts).toMatchObject({ skipped: 0, already: 0 });
    expect(await problems()).toBe(0);
  });

  test('credits a value that returns to whoever wrote it, also when the undo itself is undone', async () => {
    const { Book } = audited.models;
    const book = await as('ana', () => Book.create({ title: 'Ana’s' }));
    const bad = await run('bot', () => book.update({ title: 'Bot’s' }));
    const author = async () => {
      const field = { model: 'Book', objectId: String(book.id), field: 'title' };
      return (await fieldAuthors(audited.sequelize, [field])).get(fieldKey(field))?.actorEmail;
    };
    const { runId } = await undo(audited.sequelize, { filter: { run: bad } });
    expect(await author()).toBe('ana@example.org');
    const [entry] = await LogEntry.findAll({ where: { runId } });
    expect(entry).toMatchObject({ actorEmail: 'una@example.org', changes: { title: ['Bot’s', 'Ana’s'] } });
    await undo(audited.sequelize, { filter: { run: runId } });
    expect(await author()).toBe('bot@example.org');
  });

  test('says of what is undone already that it is, and writes nothing', async () => {
    const { Book } = audited.models;
    const book = await as('ana', () => Book.create({ title: 'Right' }));
    const bad = await run('bot', () => book.update({ title: 'Wrong' }));
    await as('ben', () => book.update({ title: 'Right' }));
    const { plan, runId } = await undo(audited.sequelize, { filter: { run: bad } });
    expect(plan.counts).toMatchObject({ already: 1, restored: 0, skipped: 0 });
    expect(await LogEntry.count({ where: { runId } })).toBe(0);
  });

  test('refuses a stale plan and makes a new one; a plan whose records nobody wrote is applied', async () => {
    const { Book } = audited.models;
    const books = await as('ana', () => Book.bulkCreate([{ title: 'Right' }, { title: 'Right too' }]));
    const bad = await run('bot', async () => {
      for (const book of books) await book.update({ title: 'Wrong' });
    });
    const stale = await planUndo(audited.sequelize, { filter: { run: bad } }, person('una'));
    await as('ben', async () => void (await books[0]?.update({ title: 'Ben’s' })));
    const error: unknown = await applyPlan(audited.sequelize, stale.id).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StalePlanError);
    expect(await titles()).toEqual(['Ben’s', 'Wrong']);
    const replaced = await readUndoPlan(audited.sequelize, stale.id);
    expect(replaced.state).toBe('replaced');
    await as('ben', () => Book.create({ title: 'Unrelated' }));
    const { plan } = await applyPlan(audited.sequelize, replaced.replacedById ?? '');
    expect(await titles()).toEqual(['Ben’s', 'Right too', 'Unrelated']);
    expect(plan.state).toBe('applied');
    await expect(applyPlan(audited.sequelize, plan.id)).rejects.toMatchObject({ code: 'UNDO_PLAN_DONE' });
  });

  test('reads plans of older programs, and refuses those whose selection it does not know', async () => {
    const { sequelize } = audited;
    const { Book } = audited.models;
    await as('ana', () => Book.create({ title: 'Right' }));
    const bad = await run('bot', () => Book.update({ title: 'Wrong' }, { where: {} }));
    const selection = { filter: { run: bad } };
    const { id } = await planUndo(sequelize, selection, person('una'));
    const store = (change: string) =>
      sequelize.query(`UPDATE undo_plans SET state = 'applying', selection = ${change} WHERE id = $1`, {
        bind: [id],
      });
    expect((await readUndoPlan(sequelize, id)).selection).toEqual(selection);
    await store("selection - 'version'");
    expect((await readUndoPlan(sequelize, id)).selection).toEqual(selection);
    expect((await findInterruptedPlan(sequelize, selection))?.id).toBe(id);
    await store(`selection || '{"version": 1}'`);
    expect((await findInterruptedPlan(sequelize, selection))?.id).toBe(id);
    await store(`jsonb_set(selection, '{filter,city}', '"Springfield"')`);
    await expect(readUndoPlan(sequelize, id)).rejects.toMatchObject({
      code: 'STORED_JSON_UNREADABLE',
      message: expect.stringMatching(
        new RegExp(`^The selection of undo plan ${id} cannot be read\\..*Unrecognized key: "city"`, 's'),
      ),
    });
  });

  test('resumes where it was interrupted, and only then says that it was applied', async () => {
    const { Book } = audited.models;
    await as('ana', () => Book.bulkCreate(Array.from({ length: 1200 }, (_, n) => ({ title: `Right ${n}` }))));
    const bad = await run('bot', () => Book.update({ title: 'Wrong' }, { where: {} }));
    const { id } = await planUndo(audited.sequelize, { filter: { run: bad } }, person('una'));
    const runId = await newRun(audited.sequelize);
    const stop = new AbortController();
    const apply = (signal?: AbortSignal) =>
      withUserActor(
        person('una'),
        () =>
          applyUndo(audited.sequelize, id, {
            runId,
            signal,
            onProgress: (done) => done > 0 && stop.abort(),
          }),
        { runId },
      );
    expect(await apply(stop.signal)).toMatchObject({
      state: 'stopped',
      remaining: 700,
      counts: { restored: 500 },
    });
    expect((await readUndoPlan(audited.sequelize, id)).state).toBe('applying');
    expect(await Book.count({ where: { title: 'Wrong' } })).toBe(700);
    expect(await apply()).toMatchObject({ state: 'applied', remaining: 0, counts: { restored: 1200 } });
    expect(await Book.count({ where: { title: 'Wrong' } })).toBe(0);
    expect(await LogEntry.count({ where: { runId } })).toBe(1200);
  });

  test('leaves a value that the database refuses, and does the rest', async () => {
    const { Author, Book } = audited.models;
    const ids = await as('ana', async () => {
      const author = await Author.create({ name: 'Ada' });
      const books = await Book.bulkCreate([{ authorId: author.id, title: 'A' }, { title: 'B' }]);
      return [author.id, ...books.map(({ id }) => id)];
    });
    const bad = await run('bot', async () => {
      await Book.update({ authorId: null, title: 'Denied' }, { where: { id: ids.slice(1) } });
    });
    await as('ben', async () => void (await Author.findOne())?.destroy());
    const { plan, steps } = await undo(audited.sequelize, { filter: { run: bad } });
    expect(await titles()).toEqual(['Denied', 'B']);
    expect(plan.counts).toMatchObject({ restored: 1, skipped: 1 });
    expect(steps.map(({ state, conflicts }) => [state, conflicts[0]?.reason])).toEqual([
      ['skipped', 'refused'],
      ['done', undefined],
    ]);
  });

  test('refuses to undo nothing', async () => {
    await expect(planUndo(audited.sequelize, { filter: { run: '77' } }, person('una'))).rejects.toMatchObject(
      {
        code: 'UNDO_NOTHING',
      },
    );
  });
});
