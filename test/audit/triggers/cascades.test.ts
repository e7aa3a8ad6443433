import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
} from 'sequelize';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { defineLogEntry } from '../../../src/audit/log-entry.ts';
import { auditlog } from '../../../src/audit/record/auditlog.ts';
import { installTriggers } from '../../../src/audit/triggers/install.ts';
import type { Database } from '../../../src/database/open-database.ts';
import { emptyTables } from '../../helpers/empty-tables.ts';
import { createTestDatabase } from '../../helpers/test-database.ts';
import { asAna, entries, typed } from './audited-widgets.ts';

/** A folder in a folder: deleting one deletes what is in it, in the same table. */
class Folder extends Model<InferAttributes<Folder>, InferCreationAttributes<Folder>> {
  declare id: number;
  declare parentId: number | null;
}
/** A page: goes with its folder, forgets the page it follows and the page it is a copy of. */
class Page extends Model<InferAttributes<Page>, InferCreationAttributes<Page>> {
  declare id: number;
  declare folderId: number | null;
  declare followsId: number | null;
  declare copyOfId: number | null;
}
/** A tag is known by its name, which the tags under it repeat; so is its code. */
class Tag extends Model<InferAttributes<Tag>, InferCreationAttributes<Tag>> {
  declare name: string;
  declare code: CreationOptional<string | null>;
  declare likeCode: CreationOptional<string | null>;
  declare under: string | null;
}

let database: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  const { sequelize } = database;
  await sequelize.query(`
    CREATE TABLE folders (id integer PRIMARY KEY, parent_id integer REFERENCES folders ON DELETE CASCADE);
    CREATE TABLE pages (
      id integer PRIMARY KEY, folder_id integer REFERENCES folders ON DELETE CASCADE,
      follows_id integer REFERENCES pages ON DELETE SET NULL,
      copy_of_id integer REFERENCES pages ON DELETE SET NULL);
    CREATE TABLE tags (
      name text PRIMARY KEY, under text REFERENCES tags ON UPDATE CASCADE,
      code text UNIQUE, like_code text REFERENCES tags (code) ON UPDATE CASCADE);
    CREATE TABLE unregistered (id integer PRIMARY KEY, folder_id integer REFERENCES folders ON DELETE CASCADE);
    CREATE FUNCTION empty_folder_one() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN UPDATE folders SET parent_id = NULL WHERE parent_id = 1; RETURN NULL; END $$;
    CREATE TRIGGER empty_folder_one AFTER UPDATE ON folders FOR EACH ROW
      WHEN (NEW.id = 99) EXECUTE FUNCTION empty_folder_one()`);
  defineLogEntry(sequelize);
  const options = { sequelize, underscored: true, timestamps: false };
  const id = { type: DataTypes.INTEGER, primaryKey: true };
  Folder.init({ id, parentId: DataTypes.INTEGER }, { ...options, tableName: 'folders', modelName: 'Folder' });
  Page.init(
    { id, folderId: DataTypes.INTEGER, followsId: DataTypes.INTEGER, copyOfId: DataTypes.INTEGER },
    { ...options, tableName: 'pages', modelName: 'Page' },
  );
  Tag.init(
    {
      name: { type: DataTypes.TEXT, primaryKey: true },
      under: DataTypes.TEXT,
      code: DataTypes.TEXT,
      likeCode: DataTypes.TEXT,
    },
    { ...options, tableName: 'tags', modelName: 'Tag' },
  );
  for (const model of [Folder, Page, Tag]) auditlog.register(model);
  await installTriggers(sequelize, auditlog.registrations());
});
afterAll(() => database.close());
beforeEach(() => emptyTables(database.sequelize, 'folders', 'pages', 'tags', 'unregistered'));

/** Folders 1 > 2 > 3 and 4, each with the page of its number, which follows the page before it. */
async function fill(): Promise<void> {
  await asAna(async () => {
    const parents = [null, 1, 2, null];
    await Folder.bulkCreate(parents.map((parentId, index) => ({ id: index + 1, parentId })));
    await Page.bulkCreate(
      parents.map((_, index) => ({
        id: index + 1,
        folderId: index + 1,
        followsId: index || null,
        copyOfId: null,
      })),
    );
  });
  await database.sequelize.query('INSERT INTO unregistered VALUES (1, 1)');
}

/** What was recorded after `fill`, in an order of its own. */
const recorded = async () => (await entries()).slice(8).sort();

const gone = [
  ['delete Folder:1 as ana@example.org', {}],
  ['delete Folder:2 as ana@example.org', { parentId: [1, null] }],
  ['delete Folder:3 as ana@example.org', { parentId: [2, null] }],
  ['delete Page:1 as ana@example.org', { folderId: [1, null] }],
  ['delete Page:2 as ana@example.org', { folderId: [2, null], followsId: [1, null] }],
  ['delete Page:3 as ana@example.org', { folderId: [3, null], followsId: [2, null] }],
  ['update Page:4 as ana@example.org', { followsId: [3, null] }],
];

/** Pages go in an order that PostgreSQL chooses: whether one is told of its predecessor's end first is open. */
function withoutForgotten(log: [string, unknown][]) {
  return log
    .filter(([line]) => !/^update Page:[23]/.test(line))
    .map(([line, changes]) =>
      /^delete Page:[23]/.test(line) ? [line, { folderId: Object(changes).folderId }] : [line, changes],
    );
}

test.for([
  ['a hooked destroy of one row', () => asAna(async () => (await Folder.findByPk(1))?.destroy())],
  ['a destroy of many', () => asAna(() => Folder.destroy({ where: { id: 1 } }))],
  ['a raw DELETE', () => asAna(() => database.sequelize.query('DELETE FROM folders WHERE id = 1'))],
] as const)(
  '%s records what it deletes in its own and in other tables, each row once, as its actor',
  async ([, act]) => {
    await fill();
    await act();
    expect(withoutForgotten(await recorded())).toEqual(
      withoutForgotten(gone.map(([line, changes]) => [String(line), changes])),
    );
  },
);

test('a destroy that sets references in its own table to null records them as the actor', async () => {
  await fill();
  await asAna(async () => (await Page.findByPk(2))?.destroy());
  expect(await recorded()).toEqual([
    ['delete Page:2 as ana@example.org', { folderId: [2, null], followsId: [1, null] }],
    ['update Page:3 as ana@example.org', { followsId: [2, null] }],
  ]);
});

test('a row that one statement changes twice by two references has an entry for each', async () => {
  await fill();
  await asAna(async () => {
    await (await Page.findByPk(4))?.update({ followsId: 1, copyOfId: 2 });
    await database.sequelize.query('DELETE FROM pages WHERE id IN (1, 2)');
  });
  expect((await recorded()).filter(([line]) => line.includes('Page:4'))).toEqual([
    ['update Page:4 as ana@example.org', { copyOfId: [null, 2], followsId: [3, 1] }],
    ['update Page:4 as ana@example.org', { followsId: [1, null] }],
    ['update Page:4 as ana@example.org', { copyOfId: [2, null] }],
  ]);
});

test('a key that is changed in psql is recorded on the row and on those that follow', async () => {
  await asAna(() =>
    Tag.bulkCreate([
      { name: 'jazz', under: null },
      { name: 'bebop', under: 'jazz' },
    ]),
  );
  await typed(database, `UPDATE tags SET name = 'Jazz' WHERE name = 'jazz'`);
  expect(
    (await entries())
      .slice(2)
      .map(([line, changes]) => [line.replace(/:[^:]*$/, ''), changes])
      .sort(),
  ).toEqual([
    ['create Tag:Jazz as database', {}],
    ['delete Tag:jazz as database', {}],
    ['update Tag:bebop as database', { under: ['jazz', 'Jazz'] }],
  ]);
});

test('a hooked update whose value other rows of its table repeat records those rows too, each once', async () => {
  await asAna(async () => {
    await Tag.bulkCreate([
      { name: 'a', code: 'x', under: null },
      { name: 'b', likeCode: 'x', under: null },
      { name: 'c', likeCode: 'x', under: null },
    ]);
    await (await Tag.findByPk('a'))?.update({ code: 'y' });
  });
  expect((await entries()).slice(3).sort()).toEqual([
    ['update Tag:a as ana@example.org', { code: ['x', 'y'] }],
    ['update Tag:b as ana@example.org', { likeCode: ['x', 'y'] }],
    ['update Tag:c as ana@example.org', { likeCode: ['x', 'y'] }],
  ]);
});

test('a hooked update records by itself what a trigger of the table changes besides', async () => {
  await fill();
  await asAna(async () => {
    await Folder.create({ id: 99, parentId: null });
    await (await Folder.findByPk(99))?.update({ parentId: 4 });
  });
  expect((await recorded()).slice(1)).toEqual([
    ['update Folder:2 as ana@example.org', { parentId: [1, null] }],
    ['update Folder:99 as ana@example.org', { parentId: [null, 4] }],
  ]);
});

test('TRUNCATE … CASCADE records the rows of all registered tables', async () => {
  await fill();
  await asAna(() => database.sequelize.query('TRUNCATE folders CASCADE'));
  const log = (await recorded()).map(([line]) => line);
  expect(log).toEqual(
    ['Folder', 'Page'].flatMap((model) =>
      [1, 2, 3, 4].map((id) => `delete ${model}:${id} as ana@example.org`),
    ),
  );
});

test('outside any context a cascade into a registered table is refused with all it belongs to', async () => {
  await fill();
  await database.sequelize.query('CREATE TABLE owners (id integer PRIMARY KEY)');
  await database.sequelize.query('ALTER TABLE tags ADD owner_id integer REFERENCES owners ON DELETE CASCADE');
  await database.sequelize.query('INSERT INTO owners VALUES (1), (2)');
  await asAna(() => database.sequelize.query(`INSERT INTO tags (name, owner_id) VALUES ('a', 1)`));
  await expect(database.sequelize.query('DELETE FROM owners WHERE id = 1')).rejects.toMatchObject({
    code: 'AUDIT_NO_ACTOR',
  });
  await database.sequelize.query('DELETE FROM owners WHERE id = 2');
  expect(await Tag.count()).toBe(1);
});
