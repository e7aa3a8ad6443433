import { QueryTypes } from 'sequelize';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { objectId, objectIdSql } from '../../src/audit/model-keys.ts';
import { columnTypes } from '../../src/audit/recorded-table.ts';
import { columnJson, jsonValue } from '../../src/audit/values.ts';
import { type Database, openDatabase } from '../../src/database/open-database.ts';
import { createTestDatabase } from '../helpers/test-database.ts';

let database: Database;

beforeAll(async () => {
  database = await createTestDatabase({ poolSize: 1 });
});
afterAll(() => database.close());

/** Values as SQL literals, by type. Every list also gets NULL. */
const samples: Readonly<Record<string, readonly string[]>> = {
  boolean: ['true', 'false'],
  smallint: ['-32768'],
  integer: ['2147483647', '0'],
  bigint: ['9223372036854775807', '-1', '0'],
  'numeric(12, 2)': ['1.50', '-0.10', '0'],
  numeric: ['1.500', '12345678901234567890.000000000001', "'NaN'"],
  'double precision': [
    '0.1',
    '1e300',
    '-0.0',
    "'NaN'",
    "'Infinity'",
    "'-Infinity'",
    '41.8781136',
    '1e21',
    '5e-324',
  ],
  real: ['0.1', '16777216', "'NaN'"],
  text: ["''", "'O''Brien \\ \"x\" <é 😀>'", "E'a\\tb\\n\\x01\\x7f'"],
  'varchar(10)': ["'ab '"],
  'char(4)': ["'ab'"],
  uuid: ["'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'"],
  inet: ["'10.0.0.1'", "'10.0.0.0/8'", "'::1'"],
  date: ["'2026-02-28'", "'infinity'", "'-infinity'", "'0044-03-15 BC'", "'12026-01-01'"],
  time: ["'09:05'", "'23:59:59.123456'"],
  timestamptz: [
    "'2026-03-29T01:59:59.9999999+01'",
    "'2026-03-29T02:00:00.123999Z'",
    "'1969-12-31T23:59:59.999999Z'",
    "'0001-01-01T00:00:00Z'",
    "'0001-01-01T00:00:00Z BC'",
    "'0044-03-15T12:00:00Z BC'",
    "'9999-12-31T23:59:59.999999Z'",
    "'10000-01-01T00:00:00Z'",
    "'infinity'",
    "'-infinity'",
  ],
  jsonb: ["'null'", "'[]'", `'{"b": [1, 1.5, "x", null, {"a": true}], "a": 1e3}'`, '\'"text"\'', "'12'"],
  json: [`'{"b": 1, "a": {"c": null}}'`],
  bytea: ["'\\x'", "'\\x00ff80'", "decode(repeat('ab', 200), 'hex')"],
  mood: ["'so so'"],
  positive: ['9007199254740993'],
  'text[]': ["'{}'", `'{a,"b, c",NULL,""}'`, "'{{a,b},{c,d}}'"],
  'integer[]': ["'{1,NULL,3}'"],
  'bigint[]': ["'{9007199254740993,NULL}'", "'{}'"],
  'numeric[]': ["'{1.50,NULL}'"],
  'boolean[]': ["'{t,f,NULL}'"],
  'double precision[]': ["'{0.1,NaN}'"],
  'timestamptz[]': ["'{2026-03-29 01:59:59.9999+01,NULL}'", "'{}'"],
  'date[]': ["'{2026-02-28}'", "'{}'"],
  'mood[]': ["'{so so,good}'"],
  'jsonb[]': [`ARRAY['{"a": [1]}'::jsonb, NULL]`],
  int4range: ["'[1,10)'", "'empty'", "'(,5)'"],
  numrange: ["'[1.50,2]'"],
  daterange: ["'[2026-01-01,2026-02-01)'"],
  tstzrange: ["'[2026-01-01 00:00:00.5+01,)'"],
};

test('a column in SQL is written exactly as the hooks write what Sequelize reads from it', async () => {
  await database.sequelize.query(`CREATE TYPE mood AS ENUM ('so so', 'good')`);
  await database.sequelize.query('CREATE DOMAIN positive AS bigint CHECK (VALUE > 0)');
  // Sequelize learns the numbers of enum types when it connects.
  await using later = await openDatabase({ url: database.url, migrate: false, poolSize: 1 });
  const { sequelize } = later;
  const columns = Object.keys(samples).map((type, index) => `c${index} ${type}`);
  await sequelize.query(`CREATE TABLE samples (${columns.join(', ')})`);
  const longest = Math.max(...Object.values(samples).map((values) => values.length));
  for (let place = 0; place <= longest; place += 1) {
    const values = Object.values(samples).map((list) => list[place] ?? 'NULL');
    await sequelize.query(`INSERT INTO samples VALUES (${values.join(', ')})`, { raw: true });
  }
  const types = await columnTypes(sequelize, 'samples');
  const rows = await sequelize.query<Record<string, unknown>>('SELECT * FROM samples', {
    type: QueryTypes.SELECT,
  });
  const written = await sequelize.query<Record<string, unknown>>(
    `SELECT ${[...types].map(([name, type]) => `(${columnJson(name, type)})::text AS ${name}`).join(', ')} FROM samples`,
    { type: QueryTypes.SELECT },
  );
  expect(rows).toHaveLength(longest + 1);
  for (const [index, row] of rows.entries()) {
    for (const [name, value] of Object.entries(row)) {
      const text = written[index]?.[name];
      expect([columns[Number(name.slice(1))], typeof text === 'string' ? JSON.parse(text) : null]).toEqual([
        columns[Number(name.slice(1))],
        // As it stands in the log, after the way through JSON.
        JSON.parse(JSON.stringify(jsonValue(value))),
      ]);
    }
  }
});

test('a key in SQL is written as objectId writes it', async () => {
  const { sequelize } = database;
  await sequelize.query(
    'CREATE TABLE keys (number bigint, name text, at timestamptz, PRIMARY KEY (number, name, at))',
  );
  await sequelize.query(
    `INSERT INTO keys VALUES (9007199254740993, 'a/b%2F', '2026-01-01T00:00:00.5Z'), (-1, '', '2026-01-01Z')`,
  );
  const rows = await sequelize.query<Record<string, unknown>>('SELECT * FROM keys', {
    type: QueryTypes.SELECT,
  });
  const types = await columnTypes(sequelize, 'keys');
  for (const names of [['number'], ['name'], ['at'], ['number', 'name', 'at']]) {
    const keys = names.map((value) => ({ value, type: types.get(value) ?? '' }));
    const written = await sequelize.query<{ id: string }>(`SELECT ${objectIdSql(keys)} AS id FROM keys`, {
      type: QueryTypes.SELECT,
    });
    expect(written.map(({ id }) => id)).toEqual(rows.map((row) => objectId(names, row)));
  }
});
