import type { Sequelize } from 'sequelize';

/**
 * Empties tables, and those that refer to them, without a trace. The log refuses to be emptied except by
 * retention, whose setting is used here.
 */
export async function emptyTables(sequelize: Sequelize, ...tables: readonly string[]): Promise<void> {
  await sequelize.transaction(async (transaction) => {
    await sequelize.query('SET LOCAL hotspots.retention = on', { transaction });
    await sequelize.query(`TRUNCATE ${tables.join(', ')} RESTART IDENTITY CASCADE`, { transaction });
  });
}
