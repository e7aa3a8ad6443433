import { QueryTypes, type Sequelize } from 'sequelize';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withSystemActor } from '../../src/audit/actors.ts';
import { sealLog } from '../../src/audit/proof/seal.ts';
import { auditlog } from '../../src/audit/record/auditlog.ts';
import type { Database } from '../../src/database/open-database.ts';
import type { Check, CheckContext } from '../../src/doctor/check.ts';
import { bookKeepingTables, openCheckContext, runChecks } from '../../src/doctor/check.ts';
import { seals, unknownAuthors } from '../../src/doctor/checks/audit.ts';
import { storage } from '../../src/doctor/checks/database.ts';
import { checks } from '../../src/doctor/checks.ts';
import { bindModels } from '../../src/models.ts';
import { Place } from '../../src/records/place.ts';
import { createTestDatabase } from '../helpers/test-database.ts';

let database: Database;
let sequelize: Sequelize;
let context: CheckContext;

const day = 24 * 60 * 60 * 1000;
const later = (milliseconds: number) => ({ ...context, now: () => new Date(Date.now() + milliseconds) });

beforeAll(async () => {
  database = await createTestDatabase();
  ({ sequelize } = database);
  await bindModels(database);
  await withSystemActor(() => Place.create({ name: 'Library' }));
  context = openCheckContext(sequelize);
});
afterAll(() => database.close());

test('every table of the program is audited, or is named as book-keeping', async () => {
  const tables = await sequelize.query<{ name: string }>(
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'",
    { type: QueryTypes.SELECT },
  );
  const audited = auditlog.registrations().map(({ model }) => String(model.getTableName()));
  expect(tables.map(({ name }) => name).toSorted()).toEqual([...audited, ...bookKeepingTables].toSorted());
});

test('a check that fails says so, and the others are made', async () => {
  const broken: Check = {
    name: 'tides',
    needsTables: false,
    run: () => Promise.reject(new Error('No sea.')),
  };
  const results = await runChecks([broken, seals], context);
  expect(results.map(({ check }) => check)).toEqual(['tides', 'seals']);
  expect(results[0]?.findings).toMatchObject([
    { level: 'problem', message: 'The check "tides" could not run: No sea.' },
  ]);
});

test('while migrations are not applied, only what needs no tables is checked', async () => {
  await sequelize.query("DELETE FROM schema_migrations WHERE name = '0012-webhooks'");
  const made = (await runChecks(checks, context)).map(({ check }) => check);
  await sequelize.query("INSERT INTO schema_migrations (name) VALUES ('0012-webhooks')");
  expect(made).toEqual(checks.filter(({ needsTables }) => !needsTables).map(({ name }) => name));
  expect(made).toContain('migrations');
  expect(await runChecks(checks, context)).toHaveLength(checks.length);
});

test('entries that are sealed may be as old as they like', async () => {
  expect(await seals.run(later(3 * day))).toMatchObject([{ level: 'problem' }]);
  await sealLog(sequelize);
  expect(await seals.run(later(3 * day))).toMatchObject([
    { level: 'ok', message: expect.stringMatching(/last sealed at \d{4}-\d\d-\d\d \d\d:\d\d UTC/) },
  ]);
});

test('an entry without an author is a matter of thirty days', async () => {
  await sequelize.query(
    `INSERT INTO log_entries (action, model, object_id, object_label, changes, actor_email)
     VALUES (1, 'Place', '1', 'Library', '{}', 'unknown')`,
  );
  expect(await unknownAuthors.run(later(29 * day))).toMatchObject([{ level: 'problem' }]);
  expect(await unknownAuthors.run(later(31 * day))).toMatchObject([{ level: 'ok' }]);
});

test('a storage folder that is not made yet takes nothing, and has the disk of the folder it will be in', async () => {
  const [finding] = await storage.run({ ...context, storageFolder: '/tmp/nowhere yet/storage' });
  expect(finding?.message).toMatch(/takes 0 MB; its disk has [\d.]+ [GM]B of [\d.]+ GB free/);
});
