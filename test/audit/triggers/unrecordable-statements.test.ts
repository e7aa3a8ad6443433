import { Transaction } from 'sequelize';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { withUserActor } from '../../../src/audit/actors.ts';
import { auditlog } from '../../../src/audit/record/auditlog.ts';
import { installTriggers } from '../../../src/audit/triggers/install.ts';
import type { Database } from '../../../src/database/open-database.ts';
import { emptyTables } from '../../helpers/empty-tables.ts';
import { logOf } from '../../helpers/log-of.ts';
import { createTestDatabase } from '../../helpers/test-database.ts';
import { defineWidget, Widget } from '../../helpers/widget.ts';

let database: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  await defineWidget(database.sequelize);
  auditlog.register(Widget);
  await installTriggers(database.sequelize, auditlog.registrations());
});
afterAll(() => database.close());
beforeEach(async () => {
  await emptyTables(database.sequelize, 'widgets');
  await asAna(() => Widget.bulkCreate([{ name: 'a' }, { name: 'b' }]));
});

const asAna = <Result>(fn: () => Promise<Result>) =>
  withUserActor({ id: '41', email: 'ana@example.org' }, fn);
const { READ_COMMITTED, REPEATABLE_READ, SERIALIZABLE } = Transaction.ISOLATION_LEVELS;

/** Truncates in a transaction that began before another one created a widget. */
function truncateLate(isolationLevel: Transaction.ISOLATION_LEVELS): Promise<void> {
  return asAna(() =>
    database.sequelize.transaction({ isolationLevel }, async (transaction) => {
      await Widget.count({ transaction });
      await Widget.create({ name: 'in between' });
      await Widget.truncate({ transaction });
    }),
  );
}

test('TRUNCATE records the deletion of rows that others created since its transaction began', async () => {
  await truncateLate(READ_COMMITTED);
  expect(await Widget.count()).toBe(0);
  expect((await logOf('Widget')).filter(({ action }) => action === 'delete')).toHaveLength(3);
});

test.each([REPEATABLE_READ, SERIALIZABLE])(
  'TRUNCATE is refused in a %s transaction, which would not see all rows that it removes',
  async (isolationLevel) => {
    await expect(truncateLate(isolationLevel)).rejects.toMatchObject({ code: 'AUDIT_WRITE_REFUSED' });
    expect(await Widget.count()).toBe(3);
    expect(await logOf('Widget')).toHaveLength(3);
  },
);

test('a statement that deletes a row and inserts it again is refused, because its entries would be in the wrong order', async () => {
  const reinsert = `WITH gone AS (DELETE FROM widgets WHERE name = 'a' RETURNING *)
    INSERT INTO widgets (id, name, count) SELECT id, 'again', count FROM gone`;
  await expect(asAna(() => database.sequelize.query(reinsert))).rejects.toMatchObject({
    code: 'AUDIT_WRITE_REFUSED',
  });
  expect(await logOf('Widget')).toHaveLength(2);
});

test('a statement that deletes rows and inserts others is recorded', async () => {
  await asAna(() =>
    database.sequelize.query(`WITH gone AS (DELETE FROM widgets WHERE name = 'a' RETURNING *)
      INSERT INTO widgets (name, count) SELECT 'moved', count FROM gone`),
  );
  const actions = (await logOf('Widget'))
    .slice(2)
    .map(({ action, objectLabel }) => `${action} ${objectLabel}`);
  expect(actions.sort()).toEqual(['create moved', 'delete a']);
});
