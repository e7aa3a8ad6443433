import { Sequelize } from 'sequelize';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withUserActor } from '../../../src/audit/actors.ts';
import { auditlog } from '../../../src/audit/record/auditlog.ts';
import { asAna } from '../../helpers/as-ana.ts';
import { auditModes } from '../../helpers/audit-modes.ts';
import { clsNamespace } from '../../helpers/cls-namespace.ts';
import { defineLibrary } from '../../helpers/library.ts';
import { logOf } from '../../helpers/log-of.ts';
import { sentStatements } from '../../helpers/sent-statements.ts';
import { useAuditedModels } from '../../helpers/use-audited-models.ts';

beforeAll(() => {
  Sequelize.useCLS(clsNamespace());
});
afterAll(() => {
  // There is no other way back, and it holds for the whole process.
  Reflect.deleteProperty(Sequelize, '_cls');
});

describe.each(auditModes)('%s', (mode) => {
  const at = useAuditedModels(mode, (sequelize) => {
    const library = defineLibrary(sequelize);
    auditlog.register(library.Book, { manyToMany: ['tags'] });
    return library;
  });
  const writeAll = async () => {
    const { Book, Tag } = at.models;
    const book = await Book.create({ title: 'Emma' });
    await book.update({ pages: 1 });
    await Book.update({ pages: 2 }, { where: { id: book.id } });
    await Book.findOrCreate({ where: { title: 'found' } });
    await Book.bulkCreate([{ id: 9, title: 'bulk' }]);
    await Book.bulkCreate([{ id: 9, title: 'again' }], { updateOnDuplicate: ['title'] });
    await book.setTags([await Tag.create({ name: 'old' })]);
    await book.destroy();
  };

  test('writes inside a managed transaction join it without being told', async () => {
    const statements = await sentStatements(at.sequelize, () =>
      asAna(() => at.sequelize.transaction(writeAll)),
    );
    expect(statements.filter((sql) => sql.startsWith('START TRANSACTION'))).toHaveLength(1);
    expect(await logOf()).toHaveLength(8);
  });

  test('when the transaction is rolled back neither rows nor entries stay', async () => {
    const undone = asAna(() =>
      at.sequelize.transaction(async () => {
        await writeAll();
        throw new Error('changed my mind');
      }),
    );
    await expect(undone).rejects.toThrow('changed my mind');
    expect(await at.models.Book.count()).toBe(0);
    expect(await logOf()).toEqual([]);
  });

  test('without a transaction each write gets one of its own', async () => {
    await asAna(writeAll);
    expect(await logOf()).toHaveLength(8);
  });

  test('a write in a transaction begun by hand, which CLS does not know, is recorded outside of it', async () => {
    const transaction = await at.sequelize.transaction();
    await asAna(() => at.models.Book.create({ title: 'outside' }));
    await transaction.rollback();
    expect((await logOf()).map((entry) => entry.objectLabel)).toEqual(['outside']);
    expect(await at.models.Book.count()).toBe(1);
  });

  test('actors of parallel transactions do not mix', async () => {
    await Promise.all(
      Array.from({ length: 15 }, (_, n) => {
        const email = `user${n}@example.org`;
        return withUserActor({ id: String(n), email }, () =>
          at.sequelize.transaction(async () => {
            const book = await at.models.Book.create({ title: email });
            await book.update({ pages: n });
          }),
        );
      }),
    );
    const entries = await logOf();
    expect(entries).toHaveLength(30);
    for (const { objectLabel, actorEmail } of entries) expect(actorEmail).toBe(objectLabel);
  });
});
