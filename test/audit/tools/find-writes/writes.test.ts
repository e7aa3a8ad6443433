import { describe, expect, test } from 'vitest';
import { findIn, linesIn } from './find-in.ts';

const place = `import { Model } from 'sequelize';
export class Place extends Model {}
`;

/** The calls that are found in statements of one module, which imports Place and has a handle \`sequelize\`. */
async function callsIn(statements: string, name = 'work.ts'): Promise<string[]> {
  const { writes } = await findIn({
    'place.ts': place,
    [name]: `import { Place } from './place.ts';\n${statements}`,
  });
  return writes.map(({ model, call }) => `${model ?? '-'} ${call}`);
}

describe('the writes that are found', () => {
  test.each([
    'create',
    'bulkCreate',
    'update',
    'destroy',
    'upsert',
    'findOrCreate',
    'findCreateFind',
    'increment',
    'decrement',
    'restore',
    'truncate',
  ])('are those of a model: %s', async (method) => {
    expect(await callsIn(`await Place.${method}({});`)).toEqual([`Place Place.${method}`]);
  });

  test.each(['findOne', 'findAll', 'count', 'build', 'findByPk', 'findOrBuild', 'sync', 'addHook'])(
    'are no reads: %s',
    async (method) => {
      expect(await callsIn(`await Place.${method}({});`)).toEqual([]);
    },
  );

  test.each(['save', 'update', 'destroy', 'restore', 'increment', 'decrement'])(
    'are those of a row: %s',
    async (method) => {
      expect(await callsIn(`const row = await Place.findOne();\nawait row?.${method}();`)).toEqual([
        `Place row.${method}`,
      ]);
    },
  );

  test.each([
    ['new', 'const row = new Place();'],
    ['build', 'const row = Place.build({});'],
    ['a scope', "const row = await Place.scope('open').findByPk(1);"],
    ['findOrCreate', 'const [row] = await Place.findOrCreate({ where: {} });'],
    ['an index', 'const rows = await Place.findAll(); const row = rows[0]!;'],
    ['find', 'const row = (await Place.findAll()).find(Boolean);'],
    ['several at once', 'const [, row] = await Promise.all([1, Place.findOne()]);'],
    ['rows and count', 'const { rows: [row] } = await Place.findAndCountAll();'],
    ['a later assignment', 'let row = null; row = await Place.findOne();'],
    ['a default', 'const row = (await Place.findOne()) ?? Place.build();'],
    ['a function', 'const load = async () => Place.findOne(); const row = await load();'],
    [
      'a typed function',
      'declare const x: any; function load(): Promise<Place | null> { return x; } const row = await load();',
    ],
    ['a type', 'declare const x: any; const row: Place = x;'],
    ['reload', 'const first = await Place.findOne(); const row = await first.reload();'],
  ])('are those of a row that comes from %s', async (_, statement) => {
    expect((await callsIn(`${statement}\nawait row.save();`)).at(-1)).toBe('Place row.save');
  });

  test.each([
    ['for … of', 'for (const row of await Place.findAll()) await row.save();'],
    ['forEach', '(await Place.findAll()).forEach((row) => row.save());'],
    ['map of some', '(await Place.findAll()).filter(Boolean).map(async (row) => { await row.save(); });'],
    ['then', 'Place.findOne().then((row) => row.save());'],
    ['a typed parameter', 'export const touch = (row: Place) => row.save();'],
    ['a typed list', 'export const touch = (rows: readonly Place[]) => rows.map((row) => row.save());'],
  ])('are those of rows in %s', async (_, statement) => {
    expect(await callsIn(statement)).toEqual(['Place row.save']);
  });

  test('are those of this in methods of the model, and of typed properties', async () => {
    const statements = `class Event extends Place {
        async close() { await this.update({}); }
        static async closeAll() { await this.update({}, {}); }
      }
      class Service {
        private found?: Event;
        constructor(private readonly places: typeof Place) {}
        async add() { await this.places.create({}); await this.found.save(); }
      }`;
    expect(await callsIn(statements)).toEqual([
      'Event this.update',
      'Event Event.update',
      'Place Place.create',
      'Event this.found.save',
    ]);
  });

  test('are association methods, not methods of every row', async () => {
    const statements = `const row = await Place.findOne();
      await row.setTags([]); await row.addTag(1); await row.removeTags([]); await row.createEvent({});
      row.setDataValue('a', 1); row.set('a', 1); await row.getTags();
      const [event] = await row.getEvents();
      await event.destroy();`;
    expect(await callsIn(statements)).toEqual([
      'Place row.setTags',
      'Place row.addTag',
      'Place row.removeTags',
      'Place row.createEvent',
      '- event.destroy',
    ]);
  });

  test.each([
    ['UPDATE', '`update places as p set name = $' + '{name} where id = 1`', 'UPDATE places'],
    ['INSERT', `'INSERT INTO "public"."places" VALUES (1)'`, 'INSERT public.places'],
    ['DELETE', `{ query: 'DELETE ' + 'FROM places' }`, 'DELETE places'],
    ['WITH', `'WITH gone AS (DELETE FROM places RETURNING *) SELECT * FROM gone'`, 'DELETE places'],
    ['a second statement', `'SELECT 1; -- then\\nTRUNCATE places'`, 'TRUNCATE places'],
    ['a constant', 'statement', 'MERGE places'],
  ])('are raw statements that write: %s', async (_, text, shown) => {
    const statements = `import { Sequelize } from 'sequelize';
      const statement = 'MERGE INTO places USING b ON true WHEN MATCHED THEN DELETE';
      const database = new Sequelize('');
      await database.query(${text});`;
    expect(await callsIn(statements)).toEqual([`- sequelize.query ${shown}`]);
  });

  test.each([
    "'SELECT * FROM places FOR UPDATE'",
    "'SELECT 1 -- delete from places'",
    `"SELECT 'insert into places'"`,
    "'SELECT updated, deleted FROM places'",
  ])('are no statements that read: %s', async (text) => {
    expect(await callsIn(`await Place.sequelize.query(${text});`)).toEqual([]);
  });

  test('are those of the query interface', async () => {
    const statements = `await Place.sequelize.getQueryInterface().bulkInsert('places', []);
      module.exports = { up: (queryInterface) => queryInterface.bulkDelete('places', {}) };`;
    expect(await callsIn(statements)).toEqual(['- queryInterface.bulkInsert', '- queryInterface.bulkDelete']);
  });

  test('are no calls of the same names on other things', async () => {
    const statements = `import { Model as Other } from 'objection';
      import { createHash } from 'node:crypto';
      class Thing extends Other {}
      await Thing.create({}); createHash('md5').update('x'); new Map().set('a', 1); Object.create(null);
      document.addEventListener('x', () => {}); const a = new Thing(); await a.save(); client.query('DELETE FROM x');`;
    expect(await callsIn(statements)).toEqual([]);
  });
});

describe('models', () => {
  const write = 'Place.create({});';

  test.each([
    ['define', "const Place = sequelize.define('Place', {});", 'Place'],
    [
      'another name',
      "class Place extends Model {}\nPlace.init({}, { sequelize, modelName: 'spot' });",
      'spot',
    ],
    ['Sequelize.Model', 'class Place extends Sequelize.Model {}', 'Place'],
    ['a base class', 'class Base extends Model {}\nclass Place extends Base {}', 'Place'],
    [
      'a decorated class',
      "@Table({ tableName: 'p' })\nclass Place extends Model<Place> { @Column name!: string }",
      'Place',
    ],
  ])('are found by %s', async (_, declaration, model) => {
    const { writes } = await findIn({
      'a.ts': `import { Model, Sequelize } from 'sequelize';\nconst sequelize = new Sequelize();\n${declaration}\n${write}`,
    });
    expect(writes).toMatchObject([{ model, line: expect.any(Number) }]);
  });

  test('are found in the files that the command-line tool of Sequelize generates', async () => {
    expect(
      await linesIn({
        'models/place.js': `'use strict';
const { Model } = require('sequelize');
module.exports = (sequelize, DataTypes) => {
  class Place extends Model {}
  Place.init({ name: DataTypes.STRING }, { sequelize, modelName: 'Place' });
  return Place;
};`,
        'models/index.js': `const db = {};
fs.readdirSync(__dirname).forEach((file) => {
  const model = require(path.join(__dirname, file))(sequelize, Sequelize.DataTypes);
  db[model.name] = model;
});
module.exports = db;`,
        'one.js': `const { Place } = require('./models');\nPlace.create({});`,
        'two.js': `const db = require('./models');\ndb.Place.create({});`,
        'three.js': `const models = require('./models/index.js');\nmodels['Place'].findOne().then((it) => it.destroy());`,
        'four.js': `const { sequelize } = require('./models');\nconst { Place } = sequelize.models;\nPlace.create({});`,
      }),
    ).toEqual([
      'four.js:3 Place.create unenclosed',
      'one.js:2 Place.create unenclosed',
      'three.js:2 it.destroy unenclosed',
      'two.js:2 Place.create unenclosed',
    ]);
  });

  test.each([
    [
      'a default',
      'export default class Place extends Model {}',
      "import Spot from './models.ts';\nSpot.create({});",
    ],
    [
      'another name',
      'class Place extends Model {}\nexport { Place as Spot };',
      "import { Spot as S } from './models.js';\nS.create({});",
    ],
    [
      'all of a file',
      'export class Place extends Model {}',
      "import * as all from './models';\nall.Place.create({});",
    ],
    [
      'a type',
      'export class Place extends Model {}',
      "import type { Place } from './models.ts';\nexport const f = (row: Place) => row.save();",
    ],
    [
      'a later import',
      'export class Place extends Model {}',
      "const { Place } = await import('./models.ts');\nPlace.create({});",
    ],
  ])('are followed through imports: %s', async (_, declaration, use) => {
    const { writes } = await findIn({
      'models.ts': `import { Model } from 'sequelize';\n${declaration}`,
      'use.ts': use,
    });
    expect(writes).toMatchObject([{ file: 'use.ts', line: 2, model: 'Place' }]);
  });

  test('are followed through files that export again, also in circles', async () => {
    expect(
      await linesIn({
        'deep/place.ts': place,
        'deep/index.ts': `export * from './place.ts';\nexport * from '../index.ts';`,
        'index.ts': `export * from './deep';\nexport { Place as Spot } from './deep/index.ts';`,
        'use.ts': `import { Spot, Place, nothing } from './index.ts';\nSpot.create({});\nPlace.create({});\nnothing.create({});`,
      }),
    ).toEqual(['use.ts:2 Place.create unenclosed', 'use.ts:3 Place.create unenclosed']);
  });
});
