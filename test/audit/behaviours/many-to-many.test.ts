import { DataTypes, type Model, type ModelStatic, type Sequelize } from 'sequelize';
import { describe, expect, test } from 'vitest';
import { withUserActor } from '../../../src/audit/actors.ts';
import { LogEntry } from '../../../src/audit/log-entry.ts';
import { auditlog } from '../../../src/audit/record/auditlog.ts';
import { ana, asAna } from '../../helpers/as-ana.ts';
import { auditModes } from '../../helpers/audit-modes.ts';
import { changesOf } from '../../helpers/changes-of.ts';
import { type Book, defineLibrary, type Tag } from '../../helpers/library.ts';
import { logOf } from '../../helpers/log-of.ts';
import { useAuditedModels } from '../../helpers/use-audited-models.ts';

const m2m = (operation: 'add' | 'delete', objects: string[], ids: string[]) => ({
  tags: { type: 'm2m', operation, objects, ids },
});

interface Tagged {
  readonly Book: ModelStatic<Book>;
  readonly Tag: ModelStatic<Tag>;
}

/** A book and the tags 1 to 3, whose entries are not looked at. */
async function start({ Book, Tag }: Tagged) {
  return asAna(async () => {
    const [old, rare, lent] = [
      await Tag.create({ name: 'old' }),
      await Tag.create({ name: 'rare' }),
      await Tag.create({ name: 'lent' }),
    ];
    return { book: await Book.create({ title: 'Emma' }), old, rare, lent };
  });
}
const bookEntries = async () => (await changesOf('Book')).slice(1).map(([, changes]) => changes);

describe.each(auditModes)('%s', (mode) => {
  const at = useAuditedModels(mode, (sequelize) => {
    const library = defineLibrary(sequelize);
    auditlog.register(library.Book, { manyToMany: ['tags'] });
    return library;
  });

  test('an added record is one update entry of the record it was added to', async () => {
    const { book, rare } = await start(at.models);
    await asAna(() => book.addTag(rare));
    expect((await logOf('Book'))[1]).toMatchObject({
      action: 'update',
      actorEmail: 'ana@example.org',
      objectLabel: 'Emma',
      changes: m2m('add', ['rare'], ['2']),
    });
    expect(await logOf()).toHaveLength(2);
  });

  test('several added records are one entry', async () => {
    const { book, old, rare, lent } = await start(at.models);
    await asAna(() => book.addTags([lent, old, rare]));
    expect(await bookEntries()).toEqual([m2m('add', ['old', 'rare', 'lent'], ['1', '2', '3'])]);
  });

  test('clearing lists what was attached and nothing else', async () => {
    const { book, old, lent } = await start(at.models);
    await asAna(() => book.addTags([old, lent]));
    await asAna(() => book.setTags([]));
    expect((await bookEntries())[1]).toEqual(m2m('delete', ['old', 'lent'], ['1', '3']));
    await asAna(() => book.setTags([]));
    expect(await bookEntries()).toHaveLength(2);
  });

  test('setting records what is added and what is removed, each in its entry', async () => {
    const { book, old, rare, lent } = await start(at.models);
    await asAna(() => book.addTags([old, rare]));
    await asAna(() => book.setTags([rare, lent]));
    const [, ...entries] = await bookEntries();
    expect(entries).toHaveLength(2);
    expect(entries).toContainEqual(m2m('delete', ['old'], ['1']));
    expect(entries).toContainEqual(m2m('add', ['lent'], ['3']));
  });

  test('adding what is attached already, or removing what is not, leaves no entry', async () => {
    const { book, old, rare } = await start(at.models);
    await asAna(() => book.addTag(old));
    await asAna(() => book.addTag(old));
    await asAna(() => book.removeTag(rare));
    expect(await bookEntries()).toHaveLength(1);
  });

  test('individual hooks change nothing about what is recorded', async () => {
    const { book, old, rare } = await start(at.models);
    // Sequelize hands the option on to the through model; its types do not know it.
    const options: object = { individualHooks: true };
    await asAna(() => book.addTags([old, rare], options));
    await asAna(() => book.removeTag(old, options));
    const entries = await bookEntries();
    expect(entries.flatMap(({ tags }) => (tags && 'ids' in tags ? tags.ids : []))).toEqual(['1', '2', '1']);
  });

  test('a record that is created attached is recorded as added', async () => {
    const { book } = await start(at.models);
    await asAna(() => book.createTag({ name: 'new' }));
    await asAna(() =>
      at.models.Book.create({ title: 'Both', tags: [{ name: 'n' }] } as object, { include: 'tags' }),
    );
    expect((await bookEntries())[0]).toEqual(m2m('add', ['new'], ['4']));
    // Sequelize attaches what is included before it calls the hook after the creation.
    const both = (await changesOf('Book', '2')).map(([, changes]) => changes);
    expect(both).toHaveLength(2);
    expect(both).toContainEqual({ title: [null, 'Both'], pages: [null, 100] });
    expect(both).toContainEqual(m2m('add', ['n'], ['5']));
  });

  test('a write to the through model itself is recorded on the owner', async () => {
    await start(at.models);
    const row = await asAna(() => at.models.BookTag.create({ bookId: 1, tagId: 2 }));
    await asAna(() => row.destroy());
    await asAna(() => at.models.BookTag.bulkCreate([{ bookId: 1, tagId: 1 }]));
    await asAna(() => at.models.BookTag.destroy({ where: { bookId: 1 } }));
    expect(await bookEntries()).toEqual([
      m2m('add', ['rare'], ['2']),
      m2m('delete', ['rare'], ['2']),
      m2m('add', ['old'], ['1']),
      m2m('delete', ['old'], ['1']),
    ]);
  });

  test('ways of attaching that hooks do not see are refused, and nothing is attached', async () => {
    const { book, old } = await start(at.models);
    const { BookTag } = at.models;
    await asAna(() => book.addTag(old));
    const row = await BookTag.findOne({ rejectOnEmpty: true });
    const refusal = { code: 'AUDIT_WRITE_REFUSED', message: expect.stringContaining('Instead, ') };
    const refused = (fn: () => Promise<unknown>) => expect(asAna(fn)).rejects.toMatchObject(refusal);
    const key = { bookId: 1, tagId: 2 };
    await refused(() => book.addTag(2, { hooks: false }));
    await refused(() => BookTag.bulkCreate([key], { ignoreDuplicates: true }));
    await refused(() => BookTag.bulkCreate([key], { updateOnDuplicate: ['tagId'] }));
    await refused(() => BookTag.upsert(key));
    await refused(() => BookTag.update({ tagId: 2 }, { where: { bookId: 1 } }));
    await refused(() => row.destroy({ hooks: false }));
    expect(await BookTag.findAll({ raw: true })).toEqual([{ bookId: 1, tagId: 1 }]);
  });

  test('additional data of the context is in the entry too', async () => {
    const { book, old } = await start(at.models);
    await withUserActor(ana, () => book.addTag(old), { extra: { ticket: 7 }, correlationId: 'c-1' });
    const [, entry] = await LogEntry.findAll({ order: ['id'] });
    expect(entry).toMatchObject({ extra: { ticket: 7 }, correlationId: 'c-1' });
  });

  test('when a related record is destroyed, that it is detached is recorded on those that had it', async () => {
    const { book, old, rare, lent } = await start(at.models);
    await asAna(() => book.setTags([old, rare, lent]));
    await asAna(() => old.destroy());
    await asAna(() => at.models.Tag.destroy({ where: { name: 'rare' } }));
    expect((await bookEntries()).slice(1)).toEqual([
      m2m('delete', ['old'], ['1']),
      m2m('delete', ['rare'], ['2']),
    ]);
    expect(await at.models.BookTag.findAll({ raw: true })).toEqual([{ bookId: 1, tagId: 3 }]);
    // Where something is to be recorded, somebody must be named for it.
    await expect(async () => lent.destroy()).rejects.toMatchObject({ code: 'AUDIT_NO_ACTOR' });
    const loose = await at.models.Tag.create({ name: 'attached to nothing' });
    await loose.destroy();
    expect((await at.models.Tag.findAll({ raw: true })).map(({ name }) => name)).toEqual(['lent']);
  });

  test('without an actor nothing is attached or detached', async () => {
    const { book, old, rare } = await start(at.models);
    await asAna(() => book.addTag(old));
    const refusal = { code: 'AUDIT_NO_ACTOR' };
    await expect(async () => book.addTag(rare)).rejects.toMatchObject(refusal);
    await expect(async () => book.removeTag(old)).rejects.toMatchObject(refusal);
    await expect(async () => at.models.BookTag.create({ bookId: 1, tagId: 3 })).rejects.toMatchObject(
      refusal,
    );
    expect(await at.models.BookTag.findAll({ raw: true })).toEqual([{ bookId: 1, tagId: 1 }]);
  });

  test('a rolled back addition leaves no entry', async () => {
    const { book, old } = await start(at.models);
    const undone = at.sequelize.transaction(async (transaction) => {
      await asAna(() => book.addTag(old, { transaction }));
      throw new Error('changed my mind');
    });
    await expect(undone).rejects.toThrow('changed my mind');
    expect(await bookEntries()).toEqual([]);
  });
});

/** Books and covers share tags and the table that attaches them; a column says whose row it is. */
function defineShared(sequelize: Sequelize) {
  const library = defineLibrary(sequelize);
  const Tagging = sequelize.define(
    'Tagging',
    { id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true }, ownerType: DataTypes.TEXT },
    { timestamps: false },
  );
  const owners: [ModelStatic<Model>, string][] = [
    [library.Book, 'book'],
    [library.Author, 'author'],
  ];
  for (const [model, ownerType] of owners) {
    model.belongsToMany(library.Tag, {
      as: 'labels',
      through: { model: Tagging, unique: false, scope: { ownerType } },
      foreignKey: 'ownerId',
      otherKey: 'tagId',
      constraints: false,
    });
    auditlog.register(model, { manyToMany: ['labels'] });
  }
  return { ...library, Tagging };
}

describe.each(auditModes)('a shared through model, %s', (mode) => {
  const at = useAuditedModels(mode, defineShared);

  test('is recorded once, on the owner that the row belongs to', async () => {
    const { book, old } = await start(at.models);
    const jane = await asAna(() => at.models.Author.create({ name: 'Jane' }));
    const call = (owner: Model, method: string, argument: unknown) =>
      asAna(async () => Reflect.apply(Reflect.get(owner, method), owner, [argument]));
    await call(jane, 'addLabel', old);
    await call(book, 'addLabel', old);
    await call(jane, 'setLabels', []);
    const label = (operation: string) => ({
      labels: { type: 'm2m', operation, objects: ['old'], ids: ['1'] },
    });
    expect((await logOf()).slice(2).map((entry) => [entry.objectLabel, entry.changes])).toEqual([
      ['Jane', label('add')],
      ['Emma', label('add')],
      ['Jane', label('delete')],
    ]);
  });

  test('cannot have a row of it moved to another owner, only detached and attached', async () => {
    await start(at.models);
    const row = await asAna(() => at.models.Tagging.create({ ownerType: 'book', ownerId: 1, tagId: 1 }));
    await expect(asAna(() => row.update({ tagId: 2 }))).rejects.toMatchObject({
      code: 'AUDIT_WRITE_REFUSED',
    });
    expect(await at.models.Tagging.findAll({ raw: true })).toMatchObject([{ tagId: 1 }]);
  });
});

describe.each(auditModes)('options of the owner, %s', (mode) => {
  const at = useAuditedModels(mode, (sequelize) => {
    const library = defineLibrary(sequelize);
    auditlog.register(library.Book, {
      manyToMany: ['tags'],
      include: ['title'],
      snapshot: true,
      extra: ({ title }) => ({ initial: String(title).slice(0, 1) }),
      when: ({ objectLabel }) => objectLabel !== 'hidden',
    });
    return library;
  });

  test('hold for many-to-many entries too: extra data, snapshot, condition', async () => {
    const { book, old } = await start(at.models);
    await asAna(() => book.addTag(old));
    const hidden = await asAna(() => at.models.Book.create({ title: 'hidden' }));
    await asAna(() => hidden.addTag(old));
    const entries = await LogEntry.findAll({ order: ['id'] });
    expect(entries.map(({ extra, snapshot }) => ({ extra, snapshot }))).toEqual(
      Array(2).fill({ extra: { initial: 'E' }, snapshot: { id: 1, title: 'Emma' } }),
    );
    expect(entries[1]?.changes).toEqual(m2m('add', ['old'], ['1']));
  });
});

describe.each(auditModes)('a registered through model, %s', (mode) => {
  const at = useAuditedModels(mode, (sequelize) => {
    const library = defineLibrary(sequelize);
    auditlog.register(library.Book, { manyToMany: ['tags'] });
    auditlog.register(library.BookTag, { include: ['bookId', 'tagId'] });
    return library;
  });

  test('has entries of its own for its rows, besides those of the owner', async () => {
    const { book, old, rare } = await start(at.models);
    await asAna(() => book.addTags([old, rare]));
    await asAna(() => book.removeTag(old));
    expect(await changesOf('BookTag')).toEqual([
      ['create', { bookId: [null, 1], tagId: [null, 1] }],
      ['create', { bookId: [null, 1], tagId: [null, 2] }],
      ['delete', { bookId: [1, null], tagId: [1, null] }],
    ]);
    expect(await bookEntries()).toEqual([
      m2m('add', ['old', 'rare'], ['1', '2']),
      m2m('delete', ['old'], ['1']),
    ]);
  });
});
