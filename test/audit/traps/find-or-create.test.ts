import { afterEach, describe, expect, test } from 'vitest';
import { auditlog } from '../../../src/audit/record/auditlog.ts';
import { asAna } from '../../helpers/as-ana.ts';
import { auditModes } from '../../helpers/audit-modes.ts';
import { changesOf } from '../../helpers/changes-of.ts';
import { defineLibrary } from '../../helpers/library.ts';
import { logOf } from '../../helpers/log-of.ts';
import { useAuditedModels } from '../../helpers/use-audited-models.ts';

describe.each(auditModes)('%s', (mode) => {
  const at = useAuditedModels(mode, (sequelize) => {
    const library = defineLibrary(sequelize);
    auditlog.register(library.Book);
    return library;
  });
  const find = { where: { title: 'Emma' } };
  const created = [['create', { title: [null, 'Emma'], pages: [null, 100] }]];
  const throwing = () => {
    at.models.Book.addHook('afterCreate', 'throwing', () => {
      throw new Error('no');
    });
  };
  afterEach(() => {
    at.models.Book.removeHook('afterCreate', 'throwing');
  });

  test.each(['findOrCreate', 'findCreateFind'] as const)(
    '%s records what it creates, and nothing when it finds',
    async (method) => {
      const { Book } = at.models;
      expect((await asAna(() => Book[method](find)))[1]).toBe(true);
      expect((await asAna(() => Book[method](find)))[1]).toBe(false);
      await at.sequelize.transaction(async (transaction) => {
        expect((await asAna(() => Book[method]({ ...find, transaction })))[1]).toBe(false);
      });
      expect(await changesOf()).toEqual(created);
    },
  );

  test.each(['findOrCreate', 'findCreateFind', 'create'] as const)(
    'when a hook throws in %s without a transaction, neither row nor entry stays',
    async (method) => {
      throwing();
      const { Book } = at.models;
      const call = () => (method === 'create' ? Book.create({ title: 'Emma' }) : Book[method](find));
      await expect(asAna<unknown>(call)).rejects.toThrow('no');
      expect(await Book.count()).toBe(0);
      expect(await logOf()).toEqual([]);
    },
  );

  test('when a hook throws in findOrCreate inside a transaction, the transaction undoes both', async () => {
    throwing();
    const { Book } = at.models;
    const undone = at.sequelize.transaction((transaction) =>
      asAna(async () => {
        await Book.bulkCreate([{ title: 'before' }], { transaction });
        await Book.findOrCreate({ ...find, transaction });
      }),
    );
    await expect(undone).rejects.toThrow('no');
    expect(await Book.count()).toBe(0);
    expect(await logOf()).toEqual([]);
  });

  test('two callers that look for the same row at once create and record it once', async () => {
    await asAna(() => at.sequelize.query('CREATE UNIQUE INDEX IF NOT EXISTS one_title ON books (title)'));
    try {
      const results = await asAna(() => Promise.all([1, 2, 3].map(() => at.models.Book.findOrCreate(find))));
      expect(results.filter(([, isNew]) => isNew)).toHaveLength(1);
      expect(await changesOf()).toEqual(created);
    } finally {
      await asAna(() => at.sequelize.query('DROP INDEX one_title'));
    }
  });
});
