import pg from 'pg';
import { QueryTypes } from 'sequelize';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { setAutomatedActorResolver, withUserActor } from '../../../src/audit/actors.ts';
import { LogEntry } from '../../../src/audit/log-entry.ts';
import { withoutAudit } from '../../../src/audit/record/without-audit.ts';
import { setMissingActorPolicy } from '../../../src/audit/settings.ts';
import type { Database } from '../../../src/database/open-database.ts';
import { emptyTables } from '../../helpers/empty-tables.ts';
import { createTestDatabase } from '../../helpers/test-database.ts';
import { Widget } from '../../helpers/widget.ts';
import { ana, asAna, copyInto, entries, makeAuditedWidgets, typed } from './audited-widgets.ts';

let database: Database;
let role: string;
let serverVersion: number;

beforeAll(async () => {
  database = await createTestDatabase();
  await makeAuditedWidgets(database.sequelize);
  await database.sequelize.query('CREATE TABLE notes (id serial PRIMARY KEY, text text)');
  await database.sequelize.query(`
    CREATE FUNCTION rename_all(new_name text) RETURNS integer LANGUAGE plpgsql AS $$
      BEGIN UPDATE widgets SET name = new_name; RETURN 1; END $$`);
  const [row] = await database.sequelize.query<{ role: string; version: number }>(
    `SELECT session_user AS role, current_setting('server_version_num')::int AS version`,
    { type: QueryTypes.SELECT },
  );
  role = row?.role ?? '';
  serverVersion = row?.version ?? 0;
});
afterAll(() => database.close());
beforeEach(() => emptyTables(database.sequelize, 'widgets'));

const run = (sql: string, options = {}) => database.sequelize.query(sql, options);

describe('inside an actor context', () => {
  test('an INSERT is recorded as the actor, with only the fields that have a value', async () => {
    await asAna(() => run(`INSERT INTO widgets (name, price) VALUES ('Anvil', 10.5), ('Bolt', NULL)`));
    expect(await entries()).toEqual([
      [
        'create Widget:1 as ana@example.org',
        { name: [null, 'Anvil'], price: [null, '10.50'], count: [null, 7] },
      ],
      ['create Widget:2 as ana@example.org', { name: [null, 'Bolt'], count: [null, 7] }],
    ]);
  });

  test('the entry carries all the context has', async () => {
    await withUserActor(ana, () => run(`INSERT INTO widgets (name) VALUES ('Anvil')`), {
      runId: '9',
      sourceUrl: 'https://town.example/é?a=1&b=%20',
      correlationId: 'request-7',
      remoteAddress: '2001:db8::1',
      extra: { ticket: 12, asked: () => ['now'] },
    });
    const [entry] = await LogEntry.findAll({ raw: true });
    expect(entry).toMatchObject({
      actorId: '41',
      runId: '9',
      sourceUrl: 'https://town.example/é?a=1&b=%20',
      correlationId: 'request-7',
      remoteAddress: '2001:db8::1',
      extra: { ticket: 12, asked: ['now'] },
      objectLabel: 'Anvil',
    });
  });

  test('an UPDATE is recorded with the changed fields of the rows that really changed', async () => {
    await asAna(() => run(`INSERT INTO widgets (name, count) VALUES ('a', 1), ('b', 2), ('c', 2)`));
    await asAna(() => run('UPDATE widgets SET count = 2, name = upper(name) WHERE id < 3'));
    await asAna(() => run('UPDATE widgets SET count = count, updated_at = now()'));
    expect((await entries()).slice(3)).toEqual([
      ['update Widget:1 as ana@example.org', { count: [1, 2], name: ['a', 'A'] }],
      ['update Widget:2 as ana@example.org', { name: ['b', 'B'] }],
    ]);
  });

  test('a DELETE and a TRUNCATE are recorded with all values', async () => {
    await asAna(() => run(`INSERT INTO widgets (name) VALUES ('a'), ('b')`));
    await asAna(() => run('DELETE FROM widgets WHERE id = 1'));
    await asAna(() => run('TRUNCATE widgets'));
    expect((await entries()).slice(2)).toEqual([
      ['delete Widget:1 as ana@example.org', { name: ['a', null], count: [7, null] }],
      ['delete Widget:2 as ana@example.org', { name: ['b', null], count: [7, null] }],
    ]);
  });

  test('an INSERT … ON CONFLICT is recorded as what it did to each row', async () => {
    await asAna(() => run(`INSERT INTO widgets (code, name) VALUES ('k', 'old'), ('same', 'x')`));
    await asAna(() =>
      run(`INSERT INTO widgets (code, name) VALUES ('k', 'new'), ('l', 'added'), ('same', 'x')
           ON CONFLICT (code) DO UPDATE SET name = excluded.name`),
    );
    await asAna(() => run(`INSERT INTO widgets (code) VALUES ('k') ON CONFLICT DO NOTHING`));
    const log = (await entries()).slice(2);
    expect(log.sort()).toEqual([
      [
        expect.stringMatching('create Widget:. as ana'),
        { code: [null, 'l'], name: [null, 'added'], count: [null, 7] },
      ],
      ['update Widget:1 as ana@example.org', { name: ['old', 'new'] }],
    ]);
  });

  test('a MERGE is recorded as what it did to each row (PostgreSQL 15 and later)', async ({ skip }) => {
    skip(serverVersion < 150_000, 'this server has no MERGE');
    await asAna(() => run(`INSERT INTO widgets (code, name) VALUES ('a', '1'), ('b', '2')`));
    await asAna(() =>
      run(`MERGE INTO widgets USING (VALUES ('a', 'x'), ('b', NULL), ('c', 'z')) AS given (code, name)
             ON widgets.code = given.code
           WHEN MATCHED AND given.name IS NULL THEN DELETE
           WHEN MATCHED THEN UPDATE SET name = given.name
           WHEN NOT MATCHED THEN INSERT (code, name) VALUES (given.code, given.name)`),
    );
    expect((await entries()).slice(2).sort()).toEqual([
      ['create Widget:3 as ana@example.org', { code: [null, 'c'], name: [null, 'z'], count: [null, 7] }],
      ['delete Widget:2 as ana@example.org', { code: ['b', null], name: ['2', null], count: [7, null] }],
      ['update Widget:1 as ana@example.org', { name: ['1', 'x'] }],
    ]);
  });

  test('a changed primary key is recorded as a deletion and a creation', async () => {
    await asAna(() => run(`INSERT INTO widgets (name) VALUES ('a'), ('b'), ('c')`));
    await asAna(() => run('UPDATE widgets SET id = 30 WHERE id = 3'));
    expect((await entries()).slice(3).sort()).toEqual([
      ['create Widget:30 as ana@example.org', { name: [null, 'c'], count: [null, 7] }],
      ['delete Widget:3 as ana@example.org', { name: ['c', null], count: [7, null] }],
    ]);
  });

  test('a masked value is compared before it is masked, and null stays null', async () => {
    await asAna(() => run(`INSERT INTO widgets (secret) VALUES ('one'), (NULL)`));
    await asAna(() => run(`UPDATE widgets SET secret = 'two'`));
    await asAna(() => run(`UPDATE widgets SET secret = 'two'`));
    const changes = (await entries()).map(([, change]) => change);
    expect(changes).toEqual([
      { secret: [null, '********'], count: [null, 7] },
      { count: [null, 7] },
      { secret: ['********', '********'] },
      { secret: [null, '********'] },
    ]);
  });

  test('a SELECT that calls a writing function and a WITH that writes are recorded as the actor', async () => {
    await asAna(() => run(`INSERT INTO widgets (name) VALUES ('a')`));
    await asAna(() => run('SELECT rename_all($1)', { bind: ['b'] }));
    await asAna(() => run(`WITH done AS (UPDATE widgets SET name = 'c' RETURNING id) SELECT * FROM done`));
    expect((await entries()).slice(1)).toEqual([
      ['update Widget:1 as ana@example.org', { name: ['a', 'b'] }],
      ['update Widget:1 as ana@example.org', { name: ['b', 'c'] }],
    ]);
  });

  test('results are what they are without the triggers, also with replacements and bind parameters', async () => {
    const [rows, count] = await asAna(() =>
      database.sequelize.query('INSERT INTO widgets (name) VALUES (:name) RETURNING id', {
        replacements: { name: 'a' },
      }),
    );
    expect([rows, count]).toEqual([[{ id: 1 }], 1]);
    const changed = await asAna(() =>
      database.sequelize.query('UPDATE widgets SET name = $name', {
        bind: { name: 'b' },
        type: QueryTypes.BULKUPDATE,
      }),
    );
    expect(changed).toBe(1);
    const failing = asAna(() => run(`UPDATE widgets SET name = 'forbidden'`));
    await expect(failing).rejects.toMatchObject({ sql: `UPDATE widgets SET name = 'forbidden'` });
  });

  test('an UPDATE and its entry are undone together', async () => {
    await asAna(() => run(`INSERT INTO widgets (name) VALUES ('a')`));
    const failing = asAna(() =>
      database.sequelize.transaction(async (transaction) => {
        await run(`UPDATE widgets SET name = 'b'`, { transaction });
        throw new Error('changed my mind');
      }),
    );
    await expect(failing).rejects.toThrow('changed my mind');
    expect(await entries()).toHaveLength(1);
  });

  test('200 concurrent contexts with raw SQL through a pool of 5 never mix', async () => {
    await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        withUserActor({ id: String(index), email: `user${index}@example.org` }, async () => {
          await run('INSERT INTO widgets (code) VALUES ($1)', { bind: [`user${index}@example.org`] });
          await run(`UPDATE widgets SET name = code WHERE code = 'user${index}@example.org'`);
        }),
      ),
    );
    const log = await LogEntry.findAll({ where: { model: 'Widget' } });
    expect(log).toHaveLength(400);
    for (const { changes, actorEmail, actorId } of log) {
      expect(JSON.stringify(changes)).toContain(`"${actorEmail}"`);
      expect(actorEmail).toBe(`user${actorId}@example.org`);
    }
  });

  test('an actor that is found out by queries of its own is asked once, and is the author', async () => {
    let asked = 0;
    const whoIsIt = async () => {
      asked += 1;
      const [row] = await database.sequelize.query<{ email: string }>(
        `SELECT lower('ANA@example.org') AS email`,
        {
          type: QueryTypes.SELECT,
        },
      );
      return { id: '41', email: row?.email ?? '' };
    };
    await withUserActor(whoIsIt, () => run(`INSERT INTO widgets (name) VALUES ('a')`));
    await withUserActor(whoIsIt, () => Widget.create({ name: 'b' }));
    expect((await entries()).map(([line]) => line)).toEqual([
      'create Widget:1 as ana@example.org',
      'create Widget:2 as ana@example.org',
    ]);
    expect(asked).toBe(2);
  });

  test('what is written in withoutAudit is not recorded', async () => {
    await asAna(() =>
      withoutAudit(database.sequelize, 'seeding', () => run(`INSERT INTO widgets (name) VALUES ('a')`)),
    );
    expect((await entries()).map(([line]) => line)).toEqual([expect.stringMatching('access withoutAudit')]);
  });
});

describe('outside any actor context', () => {
  test('a statement that touches a registered table is refused, and nothing is written', async () => {
    for (const sql of [
      `INSERT INTO widgets (name) VALUES ('a')`,
      `WITH new AS (INSERT INTO widgets (name) VALUES ('a') RETURNING 1) SELECT * FROM new`,
      `DO $$ BEGIN INSERT INTO widgets (name) VALUES ('a'); END $$`,
    ]) {
      await expect(run(sql)).rejects.toMatchObject({
        code: 'AUDIT_NO_ACTOR',
        message: expect.stringMatching(/^The table "widgets" was written outside an actor context/),
      });
    }
    expect(await Widget.count()).toBe(0);
    expect(await entries()).toEqual([]);
  });

  test('statements on other tables, and those that touch no row, pass', async () => {
    await run(`INSERT INTO notes (text) VALUES ('a')`);
    await run('UPDATE widgets SET count = 1');
    await run('DELETE FROM widgets');
    await run('TRUNCATE widgets');
    expect(await run('SELECT count(*) FROM widgets')).toEqual([[{ count: '0' }], expect.anything()]);
  });

  test('the policies "record" and "system" record it as "unknown" and as the system user', async () => {
    // The resolver asks the database itself, outside any context, as the real one does.
    setAutomatedActorResolver(async () => {
      await database.sequelize.transaction((transaction) =>
        run('SELECT count(*) FROM notes', { transaction }),
      );
      return { id: '2', email: 'system@example.org' };
    });
    try {
      setMissingActorPolicy('record');
      await run(`INSERT INTO widgets (name) VALUES ('a')`);
      setMissingActorPolicy('system');
      await run(`INSERT INTO widgets (name) VALUES ('b')`);
    } finally {
      setMissingActorPolicy('refuse');
    }
    expect((await entries()).map(([line]) => line)).toEqual([
      'create Widget:1 as unknown',
      'create Widget:2 as system@example.org',
    ]);
  });

  test('a context whose actor cannot be found out can still read, but not write', async () => {
    const asNobody = <T>(fn: () => Promise<T>) =>
      withUserActor(() => Promise.reject(new Error('not logged in')), fn);
    await expect(asNobody(() => run('SELECT count(*) FROM widgets'))).resolves.toBeDefined();
    await expect(asNobody(() => run(`INSERT INTO widgets (name) VALUES ('a')`))).rejects.toThrow(
      'not logged in',
    );
    await run(`INSERT INTO notes (text) VALUES ('a')`);
    expect(await entries()).toEqual([]);
  });
});

describe('typed into psql', () => {
  test('writes are recorded as the database role, with the address and the program', async () => {
    await typed(
      database,
      `INSERT INTO widgets (name) VALUES ('a')`,
      `UPDATE widgets SET name = 'b'`,
      'BEGIN; UPDATE widgets SET count = 8; DELETE FROM widgets; COMMIT',
    );
    expect(await entries()).toEqual([
      [`create Widget:1 as database:${role}`, { name: [null, 'a'], count: [null, 7] }],
      [`update Widget:1 as database:${role}`, { name: ['a', 'b'] }],
      [`update Widget:1 as database:${role}`, { count: [7, 8] }],
      [`delete Widget:1 as database:${role}`, { name: ['b', null], count: [8, null] }],
    ]);
    const [entry] = await LogEntry.findAll({ raw: true });
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const { rows } = await client.query('SELECT host(inet_client_addr()) AS address');
    await client.end();
    expect(entry).toMatchObject({
      actorId: null,
      remoteAddress: rows[0].address,
      extra: { applicationName: 'psql' },
    });
  });

  test('a comment that only looks like ours changes nothing', async () => {
    await typed(
      database,
      `/*hotspots cleanup */ INSERT INTO widgets (name) VALUES ('a')`,
      `UPDATE widgets SET name = '/*hotspots hooked=W/widgets context=e30 */'`,
      `/* */ /*hotspots hooked=W/widgets context=e30 */ UPDATE widgets SET name = 'c'`,
    );
    expect((await entries()).map(([line]) => line)).toEqual([
      `create Widget:1 as database:${role}`,
      `update Widget:1 as database:${role}`,
      `update Widget:1 as database:${role}`,
    ]);
  });

  test('a COPY is recorded row by row', async () => {
    await copyInto(database, 'COPY widgets (name, count) FROM STDIN', 'one\t1\ntwo\t2\n');
    expect(await entries()).toEqual([
      [`create Widget:1 as database:${role}`, { name: [null, 'one'], count: [null, 1] }],
      [`create Widget:2 as database:${role}`, { name: [null, 'two'], count: [null, 2] }],
    ]);
  });
});
