import { afterEach, describe, expect, test } from 'vitest';
import { LogEntry } from '../../../src/audit/log-entry.ts';
import { auditlog } from '../../../src/audit/record/auditlog.ts';
import { afterLogEntry, beforeLogEntry } from '../../../src/audit/record/entries.ts';
import { withoutAudit } from '../../../src/audit/record/without-audit.ts';
import type { RecordedChange } from '../../../src/audit/registration.ts';
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
  const removals: (() => void)[] = [];
  afterEach(() => {
    for (const remove of removals.splice(0)) remove();
  });

  test('inside withoutAudit nothing is recorded but that it was done, and why; after it all is again', async () => {
    const { Book, Tag } = at.models;
    await asAna(async () => {
      await withoutAudit(at.sequelize, 'seeding the shop', async () => {
        const book = await Book.create({ title: 'Emma' });
        await book.update({ pages: 2 });
        await book.addTag(await Tag.create({ name: 'old' }));
        await book.setTags([]);
        await Book.bulkCreate([{ id: 7 }, { id: 8 }]);
        await Book.bulkCreate([{ id: 7, pages: 3 }], { updateOnDuplicate: ['pages'] });
        await Book.bulkCreate([{ id: 7 }], { ignoreDuplicates: true });
        await Book.update({ pages: 4 }, { where: { id: 7 } });
        await Book.upsert({ id: 7, pages: 5 });
        await Book.increment('pages', { where: { id: 7 } });
        await Book.destroy({ where: { id: 8 } });
        await at.sequelize.query('UPDATE books SET price = 1 WHERE id = 7');
      });
      await Book.update({ pages: 9 }, { where: { id: 7 } });
    });
    expect(await logOf()).toMatchObject([
      { action: 'access', actorEmail: 'ana@example.org', objectLabel: 'seeding the shop' },
      { action: 'update', changes: { pages: [6, 9] } },
    ]);
    expect((await LogEntry.findOne({ order: ['id'] }))?.model).toBe('withoutAudit');
  });

  test('withoutAudit wants somebody who answers for it, and a reason', async () => {
    const fn = () => at.models.Book.create({});
    await expect(withoutAudit(at.sequelize, 'seeding', fn)).rejects.toMatchObject({ code: 'AUDIT_NO_ACTOR' });
    const reasonless = asAna(() => withoutAudit(at.sequelize, ' ', fn));
    await expect(reasonless).rejects.toMatchObject({ code: 'AUDIT_OPTION_INVALID' });
    expect(await at.models.Book.count()).toBe(0);
    expect(await logOf()).toEqual([]);
  });

  test('a seeder without an explicit scope is refused', async () => {
    const seed = async () => at.models.Book.bulkCreate([{ title: 'Emma' }]);
    await expect(seed()).rejects.toMatchObject({ code: 'AUDIT_NO_ACTOR' });
    expect(await at.models.Book.count()).toBe(0);
  });

  test('after-listeners get what was written: the record, its label, its changes', async () => {
    const heard: [RecordedChange, Error | null][] = [];
    removals.push(afterLogEntry((change, error) => void heard.push([change, error])));
    const book = await asAna(() => at.models.Book.create({ title: 'Emma' }));
    await asAna(() => at.models.Book.update({ pages: 2 }, { where: {} }));
    await asAna(() => book.createTag({ name: 'old' }));
    await asAna(() => book.destroy());
    expect(
      heard.map(([{ action, objectId, objectLabel }, error]) => [action, objectId, objectLabel, error]),
    ).toEqual(['create', 'update', 'update', 'delete'].map((action) => [action, '1', 'Emma', null]));
    const logged = (await logOf('Book')).map((entry) => entry.changes);
    expect(heard.map(([{ changes }]) => changes)).toEqual(logged);
  });

  test('a change that one before-listener objects to is left out, and all of them were asked', async () => {
    const asked: string[] = [];
    const heard: string[] = [];
    removals.push(
      beforeLogEntry(async ({ objectLabel }) => objectLabel !== 'secret'),
      beforeLogEntry(({ objectLabel }) => {
        asked.push(objectLabel);
        return undefined;
      }),
      afterLogEntry(({ objectLabel }) => void heard.push(objectLabel)),
    );
    await asAna(() => at.models.Book.bulkCreate([{ title: 'secret' }, { title: 'Emma' }]));
    expect(asked).toEqual(['secret', 'Emma']);
    expect(heard).toEqual(['Emma']);
    expect((await logOf()).map((entry) => entry.objectLabel)).toEqual(['Emma']);
    expect(await at.models.Book.count()).toBe(2);
  });

  test('what nobody can ask a listener about is refused while there is one', async () => {
    removals.push(beforeLogEntry(() => true));
    const upsert = asAna(() => at.models.Book.upsert({ id: 1, title: 'Emma' }));
    await expect(upsert).rejects.toMatchObject({ code: 'AUDIT_WRITE_REFUSED' });
    expect(await at.models.Book.count()).toBe(0);
  });

  test('a listener that throws takes the change back', async () => {
    removals.push(
      afterLogEntry(() => {
        throw new Error('not delivered');
      }),
    );
    await expect(asAna(() => at.models.Book.create({ title: 'Emma' }))).rejects.toThrow('not delivered');
    expect(await at.models.Book.count()).toBe(0);
    expect(await logOf()).toEqual([]);
  });

  test('when an entry cannot be written, listeners and the caller hear why, and the change is taken back', async () => {
    const { Book } = at.models;
    const book = await asAna(() => Book.create({ title: 'Emma' }));
    const heard: string[] = [];
    removals.push(afterLogEntry(({ action }, error) => void heard.push(`${action}: ${error?.message}`)));
    const constraint = 'ADD CONSTRAINT broken CHECK (false) NOT VALID';
    await at.sequelize.query(`ALTER TABLE log_entries ${constraint}`);
    try {
      const calls = [
        () => Book.create({ title: 'x' }),
        () => book.update({ title: 'x' }),
        () => Book.update({ title: 'x' }, { where: {} }),
        () => book.addTag(1),
        () => Book.destroy({ where: {} }),
        () => book.destroy(),
      ];
      await asAna(() => at.models.Tag.create({ name: 'old' }));
      for (const call of calls) await expect(asAna(async () => call())).rejects.toThrow('broken');
    } finally {
      await at.sequelize.query('ALTER TABLE log_entries DROP CONSTRAINT broken');
    }
    expect(heard).toEqual(
      ['create', 'update', 'update', 'update', 'delete', 'delete'].map(
        (action) => `${action}: new row for relation "log_entries" violates check constraint "broken"`,
      ),
    );
    expect(await Book.findAll({ raw: true })).toMatchObject([{ title: 'Emma' }]);
    expect(await at.models.BookTag.count()).toBe(0);
    expect(await logOf()).toHaveLength(1);
  });

  test('listeners are not called for what is not recorded', async () => {
    const book = await asAna(() => at.models.Book.create({ title: 'Emma' }));
    const heard: RecordedChange[] = [];
    removals.push(
      beforeLogEntry((change) => void heard.push(change)),
      afterLogEntry((change) => void heard.push(change)),
    );
    await asAna(() => book.update({ title: 'Emma' }));
    await asAna(() => at.models.Book.update({ title: 'Emma' }, { where: {} }));
    await asAna(() => at.models.Book.destroy({ where: { id: 99 } }));
    await asAna(() => book.setTags([]));
    expect(heard).toEqual([]);
  });
});
