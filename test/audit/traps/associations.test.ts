import { DataTypes, type Sequelize } from 'sequelize';
import { describe, expect, test } from 'vitest';
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
    auditlog.register([library.Author, library.Cover, library.Tag]);
    auditlog.register(library.Book, { manyToMany: ['tags'] });
    return library;
  });
  /** Authors 1 and 2, books 1 to 3 of which author 1 has the first two. */
  const start = () =>
    asAna(async () => {
      const [jane, mary] = [
        await at.models.Author.create({ name: 'Jane' }),
        await at.models.Author.create({ name: 'Mary' }),
      ];
      const [emma, persuasion, loose] = [
        await at.models.Book.create({ title: 'Emma', authorId: 1 }),
        await at.models.Book.create({ title: 'Persuasion', authorId: 1 }),
        await at.models.Book.create({ title: 'Loose' }),
      ];
      return { jane, mary, emma, persuasion, loose };
    });
  const changesSince = async (model: string, id: number) => (await changesOf(model, String(id))).slice(1);

  test('belongsTo: setting and unsetting are updates of the record that holds the key', async () => {
    const { emma, mary } = await start();
    await asAna(() => emma.setAuthor(mary));
    // Sequelize's types do not know that null unsets.
    await asAna(() => Reflect.apply(emma.setAuthor, emma, [null]));
    expect(await changesSince('Book', 1)).toEqual([
      ['update', { authorId: [1, 2] }],
      ['update', { authorId: [2, null] }],
    ]);
  });

  test('hasOne: the old and the new target are both updated', async () => {
    const { emma } = await start();
    const [red, blue] = await asAna(() =>
      Promise.all([at.models.Cover.create({ colour: 'red' }), at.models.Cover.create({ colour: 'blue' })]),
    );
    await asAna(() => emma.setCover(red));
    await asAna(() => emma.setCover(blue));
    expect(await changesSince('Cover', red.id)).toEqual([
      ['update', { bookId: [null, 1] }],
      ['update', { bookId: [1, null] }],
    ]);
    expect(await changesSince('Cover', blue.id)).toEqual([['update', { bookId: [null, 1] }]]);
  });

  test('hasMany: adding, removing, setting and creating are recorded on the records that hold the key', async () => {
    const { jane, emma, persuasion, loose } = await start();
    await asAna(() => jane.addBook(loose));
    await asAna(() => jane.removeBook(emma));
    await asAna(() => jane.setBooks([emma, persuasion]));
    await asAna(() => jane.createBook({ title: 'New' }));
    expect(await changesSince('Book', 1)).toEqual([
      ['update', { authorId: [1, null] }],
      ['update', { authorId: [null, 1] }],
    ]);
    expect(await changesSince('Book', 2)).toEqual([]);
    expect(await changesSince('Book', 3)).toEqual([
      ['update', { authorId: [null, 1] }],
      ['update', { authorId: [1, null] }],
    ]);
    expect(await changesOf('Book', '4')).toEqual([
      ['create', { title: [null, 'New'], pages: [null, 100], authorId: [null, 1] }],
    ]);
    expect(await changesSince('Author', 1)).toEqual([]);
  });

  test('belongsToMany: adding, removing, setting and creating are recorded on the owner', async () => {
    const { emma } = await start();
    const [old, rare] = await asAna(() =>
      Promise.all([at.models.Tag.create({ name: 'old' }), at.models.Tag.create({ name: 'rare' })]),
    );
    await asAna(() => emma.addTag(old));
    await asAna(() => emma.setTags([rare]));
    await asAna(() => emma.removeTag(rare));
    await asAna(() => emma.createTag({ name: 'new' }));
    const operations = (await changesSince('Book', 1)).flatMap(([, { tags }]) =>
      tags && 'operation' in tags ? `${tags.operation} ${tags.objects}` : [],
    );
    expect(operations.toSorted()).toEqual(['add new', 'add old', 'add rare', 'delete old', 'delete rare']);
    expect(await changesOf('Tag', '3')).toEqual([['create', { name: [null, 'new'] }]]);
  });

  test('setters in a transaction that is rolled back leave nothing', async () => {
    const { jane, mary, emma, loose } = await start();
    const tag = await asAna(() => at.models.Tag.create({ name: 'old' }));
    const entries = await logOf();
    const undone = at.sequelize.transaction((transaction) =>
      asAna(async () => {
        await emma.setAuthor(mary, { transaction });
        await jane.addBook(loose, { transaction });
        await jane.setBooks([], { transaction });
        await emma.setTags([tag], { transaction });
        throw new Error('changed my mind');
      }),
    );
    await expect(undone).rejects.toThrow('changed my mind');
    expect(await logOf()).toEqual(entries);
  });

  test('create with include records the record and all that is created with it', async () => {
    const { Author, Book } = at.models;
    const tree: object = {
      name: 'Jane',
      books: [{ title: 'Emma', cover: { colour: 'red' }, tags: [{ name: 'old' }, { name: 'rare' }] }],
    };
    await asAna(() =>
      Author.create(tree, { include: [{ association: 'books', include: ['cover', 'tags'] }] }),
    );
    const flat: object = { title: 'Persuasion', author: { name: 'Also Jane' } };
    await asAna(() => Book.create(flat, { include: 'author' }));
    expect(await changesOf('Author')).toEqual([
      ['create', { name: [null, 'Jane'] }],
      ['create', { name: [null, 'Also Jane'] }],
    ]);
    expect(await changesOf('Book')).toContainEqual([
      'create',
      { title: [null, 'Emma'], pages: [null, 100], authorId: [null, 1] },
    ]);
    expect(await changesOf('Cover')).toEqual([['create', { colour: [null, 'red'], bookId: [null, 1] }]]);
    expect(await changesOf('Tag')).toHaveLength(2);
    expect(
      (await changesOf('Book', '1')).flatMap(([, { tags }]) => (tags && 'ids' in tags ? tags.ids : [])),
    ).toEqual(['1', '2']);
    expect(await changesOf('Book', '2')).toEqual([
      ['create', { title: [null, 'Persuasion'], pages: [null, 100], authorId: [null, 2] }],
    ]);
  });

  test('bulkCreate with include records the same', async () => {
    const trees: object[] = [
      { title: 'Emma', author: { name: 'Jane' }, tags: [{ name: 'old' }] },
      { title: 'Persuasion', cover: { colour: 'red' } },
    ];
    await asAna(() => at.models.Book.bulkCreate(trees, { include: ['author', 'cover', 'tags'] }));
    const all = await logOf();
    expect(all.map((entry) => `${entry.action} ${entry.objectLabel}`).toSorted()).toEqual([
      'create Cover 1',
      'create Emma',
      'create Jane',
      'create Persuasion',
      'create old',
      'update Emma',
    ]);
  });

  test('a create with include that fails in a child leaves neither rows nor entries', async () => {
    const tree: object = { name: 'Jane', books: [{ title: 'Emma' }, { title: 'Persuasion', pages: 'many' }] };
    await expect(asAna(() => at.models.Author.create(tree, { include: 'books' }))).rejects.toThrow();
    expect(await at.models.Author.count()).toBe(0);
    expect(await at.models.Book.count()).toBe(0);
    expect(await logOf()).toEqual([]);
  });
});

function defineCascades(sequelize: Sequelize) {
  const name = DataTypes.TEXT;
  const House = sequelize.define('House', { name });
  const Room = sequelize.define('Room', { name });
  const Guest = sequelize.define('Guest', { name });
  const Key = sequelize.define('Key', { name });
  House.hasMany(Room, { as: 'rooms', foreignKey: 'houseId', onDelete: 'CASCADE', hooks: true });
  House.hasMany(Guest, { as: 'guests', foreignKey: 'houseId', onDelete: 'CASCADE' });
  House.hasMany(Key, { as: 'keys', foreignKey: 'houseId', onDelete: 'SET NULL' });
  auditlog.register([House, Room, Guest, Key]);
  return { House, Room, Guest, Key };
}

describe.each(auditModes)('cascades, %s', (mode) => {
  const at = useAuditedModels(mode, defineCascades);
  const created = async (...children: ('Room' | 'Guest' | 'Key')[]) =>
    asAna(async () => {
      const house = await at.models.House.create({ name: 'house' });
      for (const name of children) await at.models[name].create({ name, houseId: house.get('id') });
      return house;
    });

  test('rows that a record takes with it by hooks: true are recorded as deleted', async () => {
    const house = await created('Room');
    await asAna(() => house.destroy());
    expect((await changesOf('Room'))[1]).toEqual(['delete', { name: ['Room', null], houseId: [1, null] }]);
    expect((await changesOf('House'))[1]).toEqual(['delete', { name: ['house', null] }]);
  });

  test.each([
    ['Guest', 'deletes', ['delete', { name: ['Guest', null], houseId: [1, null] }]],
    ['Key', 'changes', ['update', { houseId: [1, null] }]],
  ] as const)(
    'rows (%s) that the database %s with a record are recorded, or the record stays',
    async (name, _, expected) => {
      const house = await created(name);
      const calls: (() => Promise<unknown>)[] = [
        () => house.destroy(),
        () => at.models.House.destroy({ where: {} }),
      ];
      if (mode === 'without triggers') {
        for (const call of calls) {
          await expect(asAna(call)).rejects.toMatchObject({
            code: 'AUDIT_WRITE_REFUSED',
            message: expect.stringContaining(name),
          });
        }
        expect(await at.models.House.count()).toBe(1);
        expect(await logOf()).toHaveLength(2);
        return;
      }
      await asAna(() => house.destroy());
      expect((await changesOf(name))[1]).toEqual(expected);
      await created(name);
      await asAna(() => at.models.House.destroy({ where: {} }));
      expect(await changesOf(name)).toHaveLength(4);
    },
  );

  test('a record without such rows is destroyed and recorded', async () => {
    const house = await created();
    await asAna(() => house.destroy());
    await created();
    await asAna(() => at.models.House.destroy({ where: {} }));
    expect((await changesOf()).map(([action]) => action)).toEqual(['create', 'delete', 'create', 'delete']);
  });
});
