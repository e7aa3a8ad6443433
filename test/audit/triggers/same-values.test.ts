import { DataTypes, Model, type Sequelize } from 'sequelize';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { defineLogEntry, LogEntry } from '../../../src/audit/log-entry.ts';
import { auditlog } from '../../../src/audit/record/auditlog.ts';
import { installTriggers } from '../../../src/audit/triggers/install.ts';
import { type Database, openDatabase } from '../../../src/database/open-database.ts';
import { emptyTables } from '../../helpers/empty-tables.ts';
import { createTestDatabase } from '../../helpers/test-database.ts';
import { asAna } from './audited-widgets.ts';

/** One attribute per type that Sequelize has for PostgreSQL, with two values; the name says which type it is. */
const types = {
  aBoolean: { sql: 'boolean', type: DataTypes.BOOLEAN, values: [true, false] },
  aSmallint: { sql: 'smallint', type: DataTypes.SMALLINT, values: [-32768, 1] },
  anInteger: { sql: 'integer', type: DataTypes.INTEGER, values: [2147483647, 0] },
  aBigint: { sql: 'bigint', type: DataTypes.BIGINT, values: ['9223372036854775807', '-1'] },
  aDecimal: { sql: 'numeric(20, 4)', type: DataTypes.DECIMAL(20, 4), values: ['1.5', 'NaN'] },
  aReal: { sql: 'real', type: DataTypes.REAL, values: [0.1, Number.NaN] },
  aDouble: { sql: 'double precision', type: DataTypes.DOUBLE, values: [1e21, Number.POSITIVE_INFINITY] },
  aText: { sql: 'text', type: DataTypes.TEXT, values: [`'"\\ <é> 😀\t\n`, ''] },
  aString: { sql: 'varchar(20)', type: DataTypes.STRING(20), values: ['a ', 'null'] },
  aChar: { sql: 'char(5)', type: DataTypes.CHAR(5), values: ['ab', 'cd'] },
  aUuid: { sql: 'uuid', type: DataTypes.UUID, values: ['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', null] },
  anEnum: { sql: 'mood', type: DataTypes.TEXT, values: ['so so', 'good'] },
  anInet: { sql: 'inet', type: DataTypes.INET, values: ['10.0.0.1', '10.0.0.0/8'] },
  aMacaddr: { sql: 'macaddr', type: DataTypes.MACADDR, values: ['08:00:2b:01:02:03', null] },
  anInstant: {
    sql: 'timestamptz',
    type: DataTypes.DATE,
    values: [new Date('2026-03-29T01:59:59.999Z'), new Date('1899-01-02T03:04:05.006Z')],
  },
  aDay: { sql: 'date', type: DataTypes.DATEONLY, values: ['2026-02-28', '1066-10-14'] },
  aTime: { sql: 'time', type: DataTypes.TIME, values: ['09:05', '23:59:59.123456'] },
  someBytes: { sql: 'bytea', type: DataTypes.BLOB, values: [Buffer.alloc(300, 'ab\0'), Buffer.alloc(0)] },
  someJson: { sql: 'json', type: DataTypes.JSON, values: [{ b: [1, null, 1.5], a: 'x' }, []] },
  someJsonb: { sql: 'jsonb', type: DataTypes.JSONB, values: [{ b: { c: [] }, a: 1e3 }, 'text'] },
  someTexts: { sql: 'text[]', type: DataTypes.ARRAY(DataTypes.TEXT), values: [['a', 'b, "c"', ''], []] },
  someNumbers: { sql: 'integer[]', type: DataTypes.ARRAY(DataTypes.INTEGER), values: [[1, 2], [3]] },
  someBigints: {
    sql: 'bigint[]',
    type: DataTypes.ARRAY(DataTypes.BIGINT),
    values: [['9007199254740993'], []],
  },
  someDecimals: { sql: 'numeric[]', type: DataTypes.ARRAY(DataTypes.DECIMAL), values: [['1.50'], ['2']] },
  someInstants: {
    sql: 'timestamptz[]',
    type: DataTypes.ARRAY(DataTypes.DATE),
    values: [[new Date('2026-01-01T00:00:00.123Z')], []],
  },
  someMoods: { sql: 'mood[]', type: DataTypes.ARRAY(DataTypes.TEXT), values: [null, null] },
  aRange: {
    sql: 'tstzrange',
    type: DataTypes.RANGE(DataTypes.DATE),
    values: [[new Date('2026-01-01'), null], []],
  },
  aWholeRange: { sql: 'int4range', type: DataTypes.RANGE(DataTypes.INTEGER), values: [[1, 5], null] },
  aPassword: { sql: 'text', type: DataTypes.TEXT, values: ['one', 'two'] },
  aDomain: { sql: 'positive', type: DataTypes.BIGINT, values: ['5', '6'] },
} as const;

class Sample extends Model {}

let database: Database;
/** Connected after the enum type was made: Sequelize learns the numbers of types when it connects. */
let later: Database;
let sequelize: Sequelize;

beforeAll(async () => {
  database = await createTestDatabase();
  await database.sequelize.query(`
    CREATE TYPE mood AS ENUM ('so so', 'good');
    CREATE DOMAIN positive AS bigint CHECK (VALUE > 0);
    CREATE TABLE samples (
      "the_key" timestamptz, "part two" text,
      ${Object.entries(types).map(([name, { sql }]) => `"${column(name)}" ${sql}`)},
      PRIMARY KEY ("the_key", "part two"))`);
  later = await openDatabase({ url: database.url, migrate: false, poolSize: 2 });
  sequelize = later.sequelize;
  defineLogEntry(sequelize);
  const attributes = Object.entries(types).map(([name, { type }]) => [name, { type, field: column(name) }]);
  Sample.init(
    {
      theKey: { type: DataTypes.DATE, primaryKey: true },
      partTwo: { type: DataTypes.TEXT, primaryKey: true, field: 'part two' },
      ...Object.fromEntries(attributes),
    },
    { sequelize, tableName: 'samples', modelName: `Sam'ple`, timestamps: false },
  );
  auditlog.register(Sample, { mask: ['aPassword'], label: 'aText', snapshot: true });
  await installTriggers(sequelize, auditlog.registrations());
});
afterAll(async () => {
  await later.close();
  await database.close();
});
beforeEach(() => emptyTables(sequelize, 'samples'));

/** Columns whose names need quotes, and differ from the attributes. */
function column(attribute: string): string {
  return `${attribute}'s column \\`;
}

const valuesOf = (which: 0 | 1) =>
  Object.fromEntries(Object.entries(types).map(([name, { values }]) => [name, values[which]]));
const entriesOf = async () =>
  (await LogEntry.findAll({ order: ['id'], raw: true })).map(
    ({ id: _, timestamp: __, objectId, ...rest }) => ({ ...rest, key: objectId.slice(0, 25) }),
  );
const identifier = (name: string) => `"${name.replaceAll('"', '""')}"`;

test('hooks and triggers record the same create, update and delete in the same words, for columns of every type', async () => {
  const theKey = new Date('2026-01-01T00:00:00.25Z');
  await asAna(async () => {
    const sample = await Sample.create({ theKey, partTwo: 'a/%', ...valuesOf(0) });
    await sample.update(valuesOf(1));
    await sample.update(Object.fromEntries(Object.keys(types).map((name) => [name, null])));
    await sample.update(valuesOf(0));
    await sample.destroy();
  });
  const byHooks = await entriesOf();
  expect(byHooks).toHaveLength(5);
  expect(Object.keys(byHooks[0]?.changes ?? {})).toHaveLength(Object.keys(types).length - 1);
  await emptyTables(sequelize);

  // The same rows, made where nothing records them, are copied by statements that only triggers see.
  await sequelize.query('CREATE TABLE states AS TABLE samples');
  await sequelize.query('ALTER TABLE states ADD state serial');
  await asAna(async () => {
    for (const state of [0, 1] as const) {
      const sample = await Sample.create({ theKey, partTwo: 'a/%', ...valuesOf(state) });
      await sequelize.query(`INSERT INTO states SELECT samples.* FROM samples`);
      await sample.destroy();
    }
  });
  await emptyTables(sequelize);
  const columns = Object.keys(types).map((name) => identifier(column(name)));
  await asAna(async () => {
    const set = (state: number) =>
      sequelize.query(
        `UPDATE samples SET (${columns}) = (SELECT ${columns} FROM states WHERE state = ${state})`,
        { raw: true },
      );
    await sequelize.query(
      `INSERT INTO samples SELECT "the_key", "part two", ${columns} FROM states WHERE state = 1`,
    );
    await set(2);
    await set(2);
    await set(3);
    await set(1);
    await sequelize.query('DELETE FROM samples');
  });
  expect(await entriesOf()).toEqual(byHooks);
});

test('values that differ only in what is not recorded are no change', async () => {
  await asAna(async () => {
    await sequelize.query(`INSERT INTO samples ("the_key", "part two", ${identifier(column('anInstant'))},
      ${identifier(column('someJson'))}, ${identifier(column('someJsonb'))})
      VALUES ('2026-01-01', 'x', '2026-01-01T00:00:00.123456Z', '{"a": 1, "b": 2}', 'null')`);
    await sequelize.query(`UPDATE samples SET ${identifier(column('anInstant'))} = '2026-01-01T00:00:00.123789Z',
      ${identifier(column('someJson'))} = '{"b": 2,   "a": 1.0}', ${identifier(column('someJsonb'))} = NULL`);
  });
  expect(await entriesOf()).toHaveLength(1);
});
