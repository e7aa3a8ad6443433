import type { Sequelize } from 'sequelize';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { defineLogEntry } from '../../src/audit/log-entry.ts';
import { auditlog } from '../../src/audit/record/auditlog.ts';
import { installTriggers } from '../../src/audit/triggers/install.ts';
import type { Database } from '../../src/database/open-database.ts';
import type { AuditMode } from './audit-modes.ts';
import { emptyTables } from './empty-tables.ts';
import { createTestDatabase } from './test-database.ts';

export interface AuditedModels<Models> {
  readonly sequelize: Sequelize;
  readonly models: Models;
}

/**
 * A database with models of a test's own, empty at the start of each test.
 *
 * @param define defines and registers the models; it is given a new Sequelize for each mode. Their tables are
 *   made here.
 */
export function useAuditedModels<Models>(
  mode: AuditMode,
  define: (sequelize: Sequelize) => Models,
  { poolSize = 5 } = {},
): AuditedModels<Models> {
  let opened: { database: Database; models: Models } | undefined;
  const current = () => {
    if (opened === undefined) throw new Error('The database is opened before the first test.');
    return opened;
  };

  beforeAll(async () => {
    const database = await createTestDatabase({ poolSize });
    const { sequelize } = database;
    const models = define(sequelize);
    opened = { database, models };
    await sequelize.sync();
    defineLogEntry(sequelize);
    const own = auditlog.registrations().filter(({ model }) => model.sequelize === sequelize);
    if (mode === 'with triggers') await installTriggers(sequelize, own);
  });
  afterAll(() => opened?.database.close());
  beforeEach(async () => {
    const { sequelize } = current().database;
    const tables = Object.values(sequelize.models).map((model) => sqlName(model.getTableName()));
    await emptyTables(sequelize, ...tables);
  });

  return {
    get sequelize() {
      return current().database.sequelize;
    },
    get models() {
      return current().models;
    },
  };
}

function sqlName(table: string | { schema: string; tableName: string }): string {
  return typeof table === 'string' ? `"${table}"` : `"${table.schema}"."${table.tableName}"`;
}
