import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { QueryTypes } from 'sequelize';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { auditlog } from '../../../src/audit/record/auditlog.ts';
import { checkTriggers } from '../../../src/audit/triggers/check.ts';
import { installTriggers } from '../../../src/audit/triggers/install.ts';
import type { Database } from '../../../src/database/open-database.ts';
import { connectSequelize } from '../../../src/database/open-database.ts';
import { createTestDatabase } from '../../helpers/test-database.ts';
import { defineWidget, Widget } from '../../helpers/widget.ts';
import { asAna, entries } from './audited-widgets.ts';

let database: Database;

beforeEach(async () => {
  database = await createTestDatabase({ poolSize: 2 });
  await defineWidget(database.sequelize);
  await database.sequelize.query('CREATE TABLE notes (id serial PRIMARY KEY, text text)');
  auditlog.register(Widget);
});
afterEach(() => database.close());

const run = (sql: string) => database.sequelize.query(sql, { raw: true });
const install = () => installTriggers(database.sequelize, auditlog.registrations());
const check = () => checkTriggers(database.sequelize, auditlog.registrations());
const messages = async () => (await check()).map(({ message }) => message);
const made = async () =>
  database.sequelize.query<{ name: string; xmin: string }>(
    `SELECT tgrelid::regclass || '.' || tgname AS name, xmin::text FROM pg_trigger WHERE tgname LIKE 'hotspots_audit%'
     UNION ALL SELECT proname, xmin::text FROM pg_proc WHERE proname LIKE 'hotspots_audit_widgets' ORDER BY 1`,
    { type: QueryTypes.SELECT },
  );

test('only registered tables get triggers, and a second installation changes nothing and costs one query', async () => {
  expect(await install()).toEqual(['widgets']);
  const before = await made();
  expect(before.map(({ name }) => name)).toEqual([
    'hotspots_audit_widgets',
    ...['delete', 'insert', 'truncate', 'update'].map((name) => `widgets.hotspots_audit_${name}`),
  ]);
  const statements: string[] = [];
  database.sequelize.addHook('beforeQuery', (_options: unknown, query: object) => {
    statements.push(JSON.stringify(Reflect.get(query, 'sql')));
  });
  expect(await install()).toEqual([]);
  expect(statements).toHaveLength(1);
  expect(await made()).toEqual(before);
  expect(await check()).toEqual([]);
});

test('missing triggers, and a missing function, are named and made again', async () => {
  expect((await messages())[0]).toBe(
    'The trigger function hotspots_audit_widgets of the table "widgets" is missing. ' +
      'Run installTriggers as the owner of the tables.',
  );
  await install();
  await run('DROP TRIGGER hotspots_audit_delete ON widgets');
  expect(await check()).toEqual([
    expect.objectContaining({ table: 'widgets', name: 'hotspots_audit_delete', kind: 'missing' }),
  ]);
  await install();
  expect(await check()).toEqual([]);
});

test('a new column makes the function outdated, as does a function or a trigger that somebody replaced', async () => {
  await install();
  await run('ALTER TABLE widgets ALTER size TYPE text');
  expect(await check()).toEqual([
    expect.objectContaining({
      name: 'hotspots_audit_widgets',
      kind: 'outdated',
      message: expect.stringContaining('is outdated'),
    }),
  ]);
  await install();
  await run(
    'CREATE OR REPLACE FUNCTION hotspots_audit_widgets() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$',
  );
  expect((await check()).map(({ kind }) => kind)).toEqual(['outdated']);
  await install();
  await run('DROP TRIGGER hotspots_audit_delete ON widgets');
  await run(
    'CREATE TRIGGER hotspots_audit_delete AFTER DELETE ON widgets EXECUTE FUNCTION hotspots_audit_widgets()',
  );
  expect(await check()).toEqual([
    expect.objectContaining({ name: 'hotspots_audit_delete', kind: 'outdated' }),
  ]);
  expect(await install()).toEqual(['widgets']);
  expect(await check()).toEqual([]);
});

test('a foreign key whose actions change rows asks for further triggers', async () => {
  await install();
  await run(
    'ALTER TABLE widgets ADD FOREIGN KEY (count) REFERENCES notes ON DELETE CASCADE ON UPDATE SET NULL',
  );
  expect((await check()).map(({ name, kind }) => `${name} ${kind}`)).toEqual([
    'hotspots_audit_update_action missing',
    'hotspots_audit_delete_action missing',
  ]);
  await install();
  expect(await check()).toEqual([]);
});

test('disabled triggers are reported with the way to enable them, and stay disabled', async () => {
  await install();
  await run('ALTER TABLE widgets DISABLE TRIGGER hotspots_audit_update');
  await run('ALTER TABLE widgets ENABLE REPLICA TRIGGER hotspots_audit_insert');
  await run(`COMMENT ON TRIGGER hotspots_audit_update ON widgets IS 'older'`);
  const problems = () => check().then((found) => found.map(({ name, kind }) => `${name} ${kind}`));
  expect(await problems()).toEqual([
    'hotspots_audit_update outdated',
    'hotspots_audit_insert disabled',
    'hotspots_audit_update disabled',
  ]);
  await install();
  expect(await messages()).toEqual([
    expect.stringMatching(
      /enabled for replicas only.* Run: ALTER TABLE "public"."widgets" ENABLE TRIGGER hotspots_audit_insert;$/,
    ),
    expect.stringMatching(
      /disabled, so writes go unrecorded\. Run: ALTER TABLE "public"."widgets" ENABLE TRIGGER hotspots_audit_update;$/,
    ),
  ]);
});

test('a session in which no trigger fires, and an open log, are reported', async () => {
  await install();
  await run('ALTER TABLE log_entries DISABLE TRIGGER hotspots_append_only');
  const [{ name }] = await database.sequelize
    .query<{ name: string }>('SELECT current_database() AS name', {
      type: QueryTypes.SELECT,
    })
    .then(([row]) => [row ?? { name: '' }] as const);
  await run(`ALTER DATABASE "${name}" SET session_replication_role = 'replica'`);
  const later = connectSequelize(database.url, 1);
  try {
    expect(await checkTriggers(later, auditlog.registrations())).toEqual([
      expect.objectContaining({
        table: null,
        kind: 'disabled',
        message: expect.stringContaining('session_replication_role is "replica"'),
      }),
      expect.objectContaining({ table: 'log_entries', name: 'hotspots_append_only', kind: 'disabled' }),
    ]);
  } finally {
    await later.close();
  }
});

test('a table or a column that is not there is named', async () => {
  await run('ALTER TABLE widgets DROP COLUMN price');
  expect(await messages()).toEqual([
    expect.stringMatching('"widgets" has no column for price of the registered model Widget'),
  ]);
  await expect(install()).rejects.toMatchObject({
    code: 'AUDIT_OPTION_INVALID',
    message: expect.stringContaining('price'),
  });
  await run('DROP TABLE widgets');
  expect(await messages()).toEqual([
    expect.stringMatching('The table of the registered model Widget does not exist'),
  ]);
  await expect(install()).rejects.toMatchObject({ code: 'AUDIT_OPTION_INVALID' });
});

test('two processes that install at once both succeed, and leave one set', async () => {
  const program = `
    import { auditlog, installTriggers } from './src/audit/index.ts';
    import { connectSequelize } from './src/database/open-database.ts';
    import { defineModels } from './src/models.ts';
    const sequelize = connectSequelize(process.env.URL, 1);
    defineModels(sequelize);
    const changed = await installTriggers(sequelize, auditlog.registrations());
    await sequelize.close();
    console.log(changed.join());`;
  const start = () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      env: { PATH: process.env.PATH, URL: database.url },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
    return once(child, 'close').then(() => output.trim());
  };
  expect((await Promise.all([start(), start()])).sort()).toEqual([
    '',
    'users,places,events,user_vibes,user_vibe_times,user_tips,place_images,event_images',
  ]);
});

test('a role that does not own the tables is told who must install, and needs nobody when all is there', async () => {
  const user = `hotspots_app_${process.pid}`;
  await run(`CREATE ROLE ${user} LOGIN PASSWORD 'x'`);
  const url = new URL(database.url);
  url.username = user;
  url.password = 'x';
  const app = connectSequelize(url.href, 1);
  try {
    await run(`GRANT SELECT, INSERT, UPDATE, DELETE ON widgets TO ${user}`);
    await expect(installTriggers(app, auditlog.registrations())).rejects.toMatchObject({
      code: 'AUDIT_TRIGGERS_OUTDATED',
    });
    await install();
    expect(await installTriggers(app, auditlog.registrations())).toEqual([]);
    // It may not write to the log itself: the trigger does, with its owner's rights.
    await asAna(() => app.query(`INSERT INTO widgets (id, name) VALUES (1, 'a')`));
    expect((await entries()).map(([line]) => line)).toEqual(['create Widget:1 as ana@example.org']);
    await expect(app.query('SELECT * FROM log_entries')).rejects.toThrow('permission denied');
  } finally {
    await app.close();
    await run(`DROP OWNED BY ${user}`);
    await run(`DROP ROLE ${user}`);
  }
});
