import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { LogEntry } from '../../../src/audit/log-entry.ts';
import { installQueryContext } from '../../../src/audit/triggers/query-context.ts';
import type { Database } from '../../../src/database/open-database.ts';
import { connectSequelize } from '../../../src/database/open-database.ts';
import { emptyTables } from '../../helpers/empty-tables.ts';
import { createTestDatabase } from '../../helpers/test-database.ts';
import { asAna, makeAuditedWidgets, typed } from './audited-widgets.ts';

let database: Database;

beforeAll(async () => {
  database = await createTestDatabase({ poolSize: 2 });
  await makeAuditedWidgets(database.sequelize);
});
afterAll(() => database.close());
beforeEach(async () => {
  await emptyTables(database.sequelize, 'widgets');
  await asAna(() => database.sequelize.query(`INSERT INTO widgets (name) VALUES ('a')`));
});

const changes = [
  `UPDATE log_entries SET actor_email = 'nobody'`,
  'DELETE FROM log_entries WHERE false',
  'TRUNCATE log_entries',
];

test.for(changes)('%s is refused, for a person and for the program, even as the owner', async (sql) => {
  await expect(asAna(() => database.sequelize.query(sql))).rejects.toMatchObject({
    code: 'AUDIT_APPEND_ONLY',
    message: expect.stringContaining('log entries are never changed or deleted'),
  });
  await expect(typed(database, sql)).rejects.toThrow('AUDIT_APPEND_ONLY');
  await expect(typed(database, 'SET session_replication_role = replica', sql)).rejects.toThrow(
    'AUDIT_APPEND_ONLY',
  );
  expect(await LogEntry.count()).toBe(1);
});

test.for(changes)(
  '%s is allowed to the owner who says in the transaction that it is retention',
  async (sql) => {
    await typed(database, 'BEGIN', 'SET LOCAL hotspots.retention = on', sql, 'COMMIT');
    await expect(typed(database, sql)).rejects.toThrow('AUDIT_APPEND_ONLY');
  },
);

test('another role is refused whatever it sets and was granted', async () => {
  const user = `hotspots_writer_${process.pid}`;
  await database.sequelize.query(`CREATE ROLE ${user} LOGIN PASSWORD 'x'`);
  await database.sequelize.query(`GRANT ALL ON log_entries TO ${user}`);
  const url = new URL(database.url);
  url.username = user;
  url.password = 'x';
  const other = connectSequelize(url.href, 1);
  installQueryContext(other);
  try {
    for (const sql of changes) {
      await expect(
        other.transaction(async (transaction) => {
          await other.query('SET LOCAL hotspots.retention = on', { transaction });
          await other.query(sql, { transaction });
        }),
      ).rejects.toMatchObject({ code: 'AUDIT_APPEND_ONLY' });
    }
  } finally {
    await other.close();
    await database.sequelize.query(`DROP OWNED BY ${user}`);
    await database.sequelize.query(`DROP ROLE ${user}`);
  }
});
