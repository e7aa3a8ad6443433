import type { Sequelize, Transaction } from 'sequelize';

/** Signs a user out everywhere, but for one session. */
export async function endSessions(
  sequelize: Sequelize,
  userId: string,
  transaction: Transaction,
  exceptHash: Buffer | null = null,
): Promise<void> {
  await sequelize.query('DELETE FROM sessions WHERE user_id = $1 AND ($2::bytea IS NULL OR id_hash <> $2)', {
    bind: [userId, exceptHash],
    transaction,
  });
}
