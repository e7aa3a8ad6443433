import { literal, type Model, type ModelStatic } from 'sequelize';
import { describe, expect, test } from 'vitest';
import { auditlog } from '../../../src/audit/record/auditlog.ts';
import { asAna } from '../../helpers/as-ana.ts';
import { auditModes } from '../../helpers/audit-modes.ts';
import { changesOf } from '../../helpers/changes-of.ts';
import { defineLibrary } from '../../helpers/library.ts';
import { logOf } from '../../helpers/log-of.ts';
import { useAuditedModels } from '../../helpers/use-audited-models.ts';
import { waitForBlocked } from '../../helpers/wait-for-blocked.ts';

const refusal = { code: 'AUDIT_WRITE_REFUSED', message: expect.stringContaining('Instead, ') };

describe.each(auditModes)('%s', (mode) => {
  const at = useAuditedModels(mode, (sequelize) => {
    const library = defineLibrary(sequelize);
    library.Book.addScope('short', { where: { pages: [1, 2] } });
    auditlog.register(library.Book);
    return library;
  });
  /** Books 1 to 4 with as many pages; their creation is not looked at. */
  const fill = () =>
    asAna(() => at.models.Book.bulkCreate([1, 2, 3, 4].map((pages) => ({ title: `book ${pages}`, pages }))));
  const pages = async () =>
    (await at.models.Book.findAll({ order: ['id'] })).map((book) => `${book.id}: ${book.pages}`);
  const written = async () => (await changesOf()).slice(4);
  /** A call that only triggers can record: without them nothing is written. */
  const recordedByTriggers = async (call: () => Promise<unknown>, expected: readonly unknown[]) => {
    const before = await at.models.Book.findAll({ raw: true, order: ['id'] });
    const entries = await logOf();
    if (mode === 'with triggers') {
      await asAna(call);
      expect((await changesOf()).slice(entries.length)).toEqual(expected);
    } else {
      await expect(asAna(call)).rejects.toMatchObject(refusal);
      expect(await at.models.Book.findAll({ raw: true, order: ['id'] })).toEqual(before);
      expect(await logOf()).toEqual(entries);
    }
  };

  test('Model.update records each row with its own old value and gives the count', async () => {
    await fill();
    expect(await asAna(() => at.models.Book.update({ pages: 3 }, { where: { id: [2, 3, 4] } }))).toEqual([3]);
    expect(await written()).toEqual([
      ['update', { pages: [2, 3] }],
      ['update', { pages: [4, 3] }],
    ]);
  });

  test('Model.update with returning gives the rows as they are now', async () => {
    await fill();
    const [count, books] = await asAna(() =>
      at.models.Book.update({ pages: 9 }, { where: { id: [1, 2] }, returning: true }),
    );
    expect(count).toBe(2);
    expect(books.map((book) => [book.id, book.pages, book.title]).sort()).toEqual([
      [1, 9, 'book 1'],
      [2, 9, 'book 2'],
    ]);
    expect(await written()).toHaveLength(2);
  });

  test('Model.update with individualHooks records every row, whether their differences are alike or not', async () => {
    await fill();
    const options = { where: { id: [1, 2] }, individualHooks: true };
    await asAna(() => at.models.Book.update({ title: 'same' }, options));
    at.models.Book.addHook('beforeUpdate', 'differ', (book: Model) => {
      book.set('title', `title ${book.get('id')}`);
    });
    try {
      await asAna(() => at.models.Book.update({ title: 'other' }, { ...options, returning: true }));
    } finally {
      at.models.Book.removeHook('beforeUpdate', 'differ');
    }
    const entries = await written();
    expect(entries).toHaveLength(4);
    for (const id of [1, 2]) {
      expect(entries).toContainEqual(['update', { title: [`book ${id}`, 'same'] }]);
      expect(entries).toContainEqual(['update', { title: ['same', `title ${id}`] }]);
    }
  });

  test('Model.update with a database expression records what it gave in each row', async () => {
    await fill();
    await asAna(() => at.models.Book.update({ pages: literal('pages * 10') }, { where: { id: [1, 4] } }));
    expect(await written()).toEqual([
      ['update', { pages: [1, 10] }],
      ['update', { pages: [4, 40] }],
    ]);
  });

  test('Model.update ignores a limit, as it does on PostgreSQL, and records all that it writes', async () => {
    await fill();
    expect(await asAna(() => at.models.Book.update({ pages: 0 }, { where: {}, limit: 2 }))).toEqual([4]);
    expect(await pages()).toEqual(['1: 0', '2: 0', '3: 0', '4: 0']);
    expect(await written()).toHaveLength(4);
  });

  test('Model.update leaves fields out that are undefined or not in the list', async () => {
    await fill();
    const Book: ModelStatic<Model> = at.models.Book;
    const values = { title: undefined, pages: 7, price: 5 };
    await asAna(() => Book.update(values, { where: { id: 1 }, fields: ['title', 'pages'] }));
    expect(await written()).toEqual([['update', { pages: [1, 7] }]]);
    expect(await Book.findByPk(1, { raw: true })).toMatchObject({ title: 'book 1', pages: 7, price: null });
  });

  test('Model.update leaves a row alone that another transaction has changed so that it is not meant any more', async () => {
    await fill();
    const { Book } = at.models;
    const other = await at.sequelize.transaction();
    await asAna(() => Book.update({ pages: 50 }, { where: { id: 1 }, transaction: other }));
    const update = asAna(() => Book.update({ title: 'thin' }, { where: { pages: [1, 2] } }));
    await asAna(() => waitForBlocked(at.sequelize));
    await other.commit();
    expect(await update).toEqual([1]);
    expect(await written()).toEqual([
      ['update', { pages: [1, 50] }],
      ['update', { title: ['book 2', 'thin'] }],
    ]);
  });

  test('Model.update on a scope writes and records the rows of the scope alone', async () => {
    await fill();
    await asAna(() => at.models.Book.scope('short').update({ pages: 5 }, { where: {} }));
    expect(await pages()).toEqual(['1: 5', '2: 5', '3: 3', '4: 4']);
    expect((await written()).map(([, changes]) => changes)).toEqual([{ pages: [1, 5] }, { pages: [2, 5] }]);
  });

  test('Model.update of the key is recorded as a deletion and a creation, or refused', async () => {
    await fill();
    await recordedByTriggers(
      () => at.models.Book.update({ id: 40 }, { where: { id: 4 } }),
      [
        ['delete', { title: ['book 4', null], pages: [4, null] }],
        ['create', { title: [null, 'book 4'], pages: [null, 4] }],
      ],
    );
  });

  test('Model.update without where is refused as ever', async () => {
    await fill();
    const Book: ModelStatic<Model> = at.models.Book;
    await expect(asAna(async () => Reflect.apply(Book.update, Book, [{ pages: 0 }, {}]))).rejects.toThrow(
      'where',
    );
    expect(await written()).toEqual([]);
  });

  test('Model.destroy with where records each row and gives the count, also with a limit', async () => {
    await fill();
    expect(await asAna(() => at.models.Book.destroy({ where: { pages: [1, 4] } }))).toBe(2);
    expect(await asAna(() => at.models.Book.destroy({ where: {}, limit: 1 }))).toBe(1);
    expect(await written()).toEqual([
      ['delete', { title: ['book 1', null], pages: [1, null] }],
      ['delete', { title: ['book 4', null], pages: [4, null] }],
      ['delete', { title: ['book 2', null], pages: [2, null] }],
    ]);
    expect(await asAna(() => at.models.Book.destroy({ where: {}, individualHooks: true }))).toBe(1);
    expect((await written())[3]).toEqual(['delete', { title: ['book 3', null], pages: [3, null] }]);
  });

  test('conditions on attributes whose columns are named otherwise find and record the rows', async () => {
    await fill();
    const { Book } = at.models;
    const publishedAt = new Date('2026-01-01T00:00:00Z');
    await asAna(() => Book.update({ publishedAt }, { where: { id: 2 } }));
    await asAna(() => Book.update({ pages: 9 }, { where: { publishedAt } }));
    expect(await asAna(() => Book.destroy({ where: { publishedAt } }))).toBe(1);
    expect((await written()).map(([action, changes]) => [action, changes.pages])).toEqual([
      ['update', undefined],
      ['update', [2, 9]],
      ['delete', [9, null]],
    ]);
  });

  test('truncate records every row, or is refused', async () => {
    await fill();
    const gone = [1, 2, 3, 4].map((n) => ['delete', { title: [`book ${n}`, null], pages: [n, null] }]);
    await recordedByTriggers(() => at.models.Book.truncate({ cascade: true }), gone);
    if (mode === 'without triggers') {
      await recordedByTriggers(() => at.models.Book.destroy({ truncate: true, cascade: true }), gone);
    }
  });

  test('upsert records an insert as created and an update with its old values, or is refused', async () => {
    await recordedByTriggers(
      () => at.models.Book.upsert({ id: 9, title: 'Emma', pages: 1 }),
      [['create', { title: [null, 'Emma'], pages: [null, 1] }]],
    );
    await asAna(() => at.models.Book.bulkCreate([{ id: 5, title: 'Emma', pages: 1 }]));
    await recordedByTriggers(
      () => at.models.Book.upsert({ id: 5, title: 'Emma', pages: 2 }),
      [['update', { pages: [1, 2] }]],
    );
    await recordedByTriggers(
      () => at.models.Book.upsert({ id: 5, title: 'Emma', pages: mode === 'with triggers' ? 2 : 1 }),
      [],
    );
  });

  test('increment and decrement of a model and of a record are recorded, or refused', async () => {
    await fill();
    const book = await at.models.Book.findByPk(4, { rejectOnEmpty: true });
    await recordedByTriggers(() => book.increment('pages', { by: 2 }), [['update', { pages: [4, 6] }]]);
    await recordedByTriggers(() => book.decrement({ pages: 5 }), [['update', { pages: [6, 1] }]]);
    await recordedByTriggers(
      () => at.models.Book.increment({ pages: 10 }, { where: { id: [1, 2] } }),
      [
        ['update', { pages: [1, 11] }],
        ['update', { pages: [2, 12] }],
      ],
    );
    await recordedByTriggers(
      () => at.models.Book.decrement('pages', { where: { id: 3 } }),
      [['update', { pages: [3, 2] }]],
    );
  });

  test('after an increment the next save is recorded from what is stored', async () => {
    await fill();
    const book = await at.models.Book.findByPk(4, { rejectOnEmpty: true });
    await asAna(() => at.sequelize.query('UPDATE books SET pages = 50 WHERE id = 4'));
    const before = (await logOf()).length;
    await asAna(() => book.update({ pages: 60 }));
    expect((await changesOf()).slice(before)).toEqual([['update', { pages: [50, 60] }]]);
  });

  test('with hooks: false every way of writing is recorded, or refused', async () => {
    await fill();
    const { Book } = at.models;
    const hooks = { hooks: false };
    const book = await Book.findByPk(1, { rejectOnEmpty: true });
    await recordedByTriggers(
      () => Book.create({ title: 'x', pages: 1 }, hooks),
      [['create', { title: [null, 'x'], pages: [null, 1] }]],
    );
    await recordedByTriggers(
      () => Book.bulkCreate([{ title: 'y', pages: 1 }], hooks),
      [['create', { title: [null, 'y'], pages: [null, 1] }]],
    );
    await recordedByTriggers(
      () => Book.bulkCreate([{ id: 2, pages: 20 }], { ...hooks, updateOnDuplicate: ['pages'] }),
      [['update', { pages: [2, 20] }]],
    );
    await recordedByTriggers(() => book.update({ pages: 8 }, hooks), [['update', { pages: [1, 8] }]]);
    await recordedByTriggers(
      () => book.destroy(hooks),
      [['delete', { title: ['book 1', null], pages: [8, null] }]],
    );
  });

  test('hooks: false on a write to many rows is recorded', async () => {
    await fill();
    await asAna(() => at.models.Book.update({ pages: 9 }, { where: { id: 1 }, hooks: false }));
    await asAna(() => at.models.Book.destroy({ where: { id: 1 }, hooks: false }));
    expect(await written()).toEqual([
      ['update', { pages: [1, 9] }],
      ['delete', { title: ['book 1', null], pages: [9, null] }],
    ]);
  });

  test('bulkCreate with ignoreDuplicates records the rows that are new, under their own keys, or is refused', async () => {
    await fill();
    await recordedByTriggers(
      () =>
        at.models.Book.bulkCreate(
          [
            { id: 1, title: 'again', pages: 0 },
            { id: 7, title: 'new', pages: 7 },
          ],
          { ignoreDuplicates: true },
        ),
      [['create', { title: [null, 'new'], pages: [null, 7] }]],
    );
    expect(await logOf('Book', '7')).toHaveLength(mode === 'with triggers' ? 1 : 0);
    expect(await logOf('Book', '1')).toHaveLength(1);
  });

  test('create with ignoreDuplicates of a row that exists fails and records nothing', async () => {
    await fill();
    const again = asAna(() => at.models.Book.create({ id: 1, title: 'again' }, { ignoreDuplicates: true }));
    await expect(again).rejects.toThrow();
    expect(await written()).toEqual([]);
    expect(await at.models.Book.findByPk(1, { raw: true })).toMatchObject({ title: 'book 1' });
  });

  test('updateOnDuplicate together with individualHooks records what it does, or writes nothing', async () => {
    await fill();
    const rows = [
      { id: 1, pages: 100 },
      { id: 9, pages: 900 },
    ];
    const call = asAna(() =>
      at.models.Book.bulkCreate(rows, { updateOnDuplicate: ['pages'], individualHooks: true }),
    );
    await expect(call).rejects.toMatchObject(refusal);
    expect(await written()).toEqual([]);
    expect(await pages()).toHaveLength(4);
  });

  test('queryInterface and raw SQL are recorded by triggers', async () => {
    if (mode === 'without triggers') return;
    await fill();
    await asAna(async () => {
      const queries = at.sequelize.getQueryInterface();
      await queries.bulkInsert('books', [
        { id: 8, pages: 8, created_at: new Date(), updated_at: new Date() },
      ]);
      await queries.bulkUpdate('books', { pages: 9 }, { id: 8 });
      await queries.bulkDelete('books', { id: 8 });
      await at.sequelize.query('UPDATE books SET pages = 2 WHERE id = 1');
    });
    expect((await logOf()).slice(4).map((entry) => [entry.actorEmail, entry.changes])).toEqual([
      ['ana@example.org', { pages: [null, 8] }],
      ['ana@example.org', { pages: [8, 9] }],
      ['ana@example.org', { pages: [9, null] }],
      ['ana@example.org', { pages: [1, 2] }],
    ]);
  });
});
