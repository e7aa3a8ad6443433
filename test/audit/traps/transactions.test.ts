import { describe, expect, test } from 'vitest';
import { auditlog } from '../../../src/audit/record/auditlog.ts';
import { asAna } from '../../helpers/as-ana.ts';
import { auditModes } from '../../helpers/audit-modes.ts';
import { defineLibrary } from '../../helpers/library.ts';
import { logOf } from '../../helpers/log-of.ts';
import { useAuditedModels } from '../../helpers/use-audited-models.ts';

describe.each(auditModes)('%s', (mode) => {
  const at = useAuditedModels(mode, (sequelize) => {
    const library = defineLibrary(sequelize);
    auditlog.register(library.Book, { manyToMany: ['tags'] });
    return library;
  });
  const titles = async () => (await at.models.Book.findAll({ order: ['id'] })).map(({ title }) => title);
  const labels = async () => (await logOf()).map((entry) => `${entry.action} ${entry.objectLabel}`);

  test('a savepoint that is rolled back takes its entries with it, and the rest stays', async () => {
    await at.sequelize.transaction((transaction) =>
      asAna(async () => {
        const { Book } = at.models;
        const kept = await Book.create({ title: 'kept' }, { transaction });
        const nested = at.sequelize.transaction({ transaction }, async (savepoint) => {
          await Book.create({ title: 'undone' }, { transaction: savepoint });
          await kept.update({ title: 'undone too' }, { transaction: savepoint });
          await Book.update({ pages: 0 }, { where: {}, transaction: savepoint });
          throw new Error('changed my mind');
        });
        await expect(nested).rejects.toThrow('changed my mind');
        await Book.findOrCreate({ where: { title: 'found' }, transaction });
      }),
    );
    expect(await titles()).toEqual(['kept', 'found']);
    expect(await labels()).toEqual(['create kept', 'create found']);
  });

  test('a transaction begun by hand is used and neither committed nor rolled back', async () => {
    const transaction = await at.sequelize.transaction();
    await asAna(() => at.models.Book.create({ title: 'a' }, { transaction }));
    await asAna(() => at.models.Book.update({ pages: 1 }, { where: {}, transaction }));
    expect(await labels()).toEqual([]);
    await transaction.rollback();
    expect(await titles()).toEqual([]);
    expect(await labels()).toEqual([]);
  });

  test('an afterCommit callback that throws leaves both the row and its entry', async () => {
    const committed = at.sequelize.transaction(async (transaction) => {
      transaction.afterCommit(() => {
        throw new Error('too late');
      });
      await asAna(() => at.models.Book.create({ title: 'a' }, { transaction }));
    });
    await expect(committed).rejects.toThrow('too late');
    expect(await titles()).toEqual(['a']);
    expect(await labels()).toEqual(['create a']);
  });

  test('a commit that fails on a deferred constraint leaves neither', async () => {
    await asAna(() =>
      at.sequelize.query(
        `ALTER TABLE books DROP CONSTRAINT IF EXISTS later,
         ADD CONSTRAINT later UNIQUE (title) DEFERRABLE INITIALLY DEFERRED`,
      ),
    );
    try {
      const call = asAna(() => at.models.Book.bulkCreate([{ title: 'twice' }, { title: 'twice' }]));
      await expect(call).rejects.toThrow();
      expect(await titles()).toEqual([]);
      expect(await labels()).toEqual([]);
    } finally {
      await asAna(() => at.sequelize.query('ALTER TABLE books DROP CONSTRAINT later'));
    }
  });
});

describe.each(auditModes)('with a pool of one connection, %s', (mode) => {
  const at = useAuditedModels(
    mode,
    (sequelize) => {
      const library = defineLibrary(sequelize);
      auditlog.register([library.Author, library.Cover, library.Tag]);
      auditlog.register(library.Book, { manyToMany: ['tags'] });
      return library;
    },
    { poolSize: 1 },
  );

  test('no way of writing waits for a second connection', async () => {
    const { Author, Book, Tag, Cover } = at.models;
    await asAna(async () => {
      const book = await Book.create({ title: 'Emma' });
      await book.update({ pages: 1 });
      await Book.bulkCreate([{ title: 'a' }, { title: 'b' }]);
      await Book.bulkCreate([{ id: 2, title: 'c' }], { updateOnDuplicate: ['title'] });
      await Book.findOrCreate({ where: { title: 'd' } });
      await Book.update({ pages: 2 }, { where: {} });
      const jane = await Author.create({ name: 'Jane' });
      await book.setAuthor(jane);
      await jane.setBooks([book]);
      await book.setCover(await Cover.create({}));
      await book.setTags([await Tag.create({ name: 'old' }), await Tag.create({ name: 'rare' })]);
      await book.setTags([]);
      const tree: object = { title: 'e', author: { name: 'Mary' }, tags: [{ name: 'new' }] };
      await Book.create(tree, { include: ['author', 'tags'] });
      await Book.destroy({ where: { title: ['a', 'c'] } });
    });
    expect((await logOf()).length).toBeGreaterThan(15);
  });
});

describe.each(auditModes)('with a pool of three connections, %s', (mode) => {
  const at = useAuditedModels(
    mode,
    (sequelize) => {
      const library = defineLibrary(sequelize);
      auditlog.register(library.Book);
      return library;
    },
    { poolSize: 3 },
  );

  test('more concurrent transactions than connections all finish, each with its entries', async () => {
    const { Book } = at.models;
    await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        asAna(() =>
          at.sequelize.transaction(async (transaction) => {
            const book = await Book.create({ title: `book ${n}` }, { transaction });
            await book.update({ pages: n }, { transaction });
            await Book.update({ price: n }, { where: { id: book.id }, transaction });
            await Book.findOrCreate({ where: { title: `other ${n}` }, transaction });
          }),
        ),
      ),
    );
    const entries = await logOf();
    expect(entries.filter(({ action }) => action === 'create')).toHaveLength(24);
    expect(entries.filter(({ action }) => action === 'update')).toHaveLength(24);
  });
});
