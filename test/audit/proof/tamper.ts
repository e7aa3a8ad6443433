import type { Sequelize } from 'sequelize';

/** Runs statements as somebody who may do anything to the log and the seals, and who leaves no entry. */
export async function tamper(sequelize: Sequelize, ...statements: readonly string[]): Promise<void> {
  await sequelize.transaction(async (transaction) => {
    await sequelize.query("SET LOCAL hotspots.retention = 'on'", { transaction });
    for (const statement of statements) await sequelize.query(statement, { transaction, raw: true });
  });
}
