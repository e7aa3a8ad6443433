import type { Sequelize, Transaction } from 'sequelize';

/** One file in `migrations/`: applied once, in its own transaction, in the order of the file names. */
export interface Migration {
  up(context: { sequelize: Sequelize; transaction: Transaction }): Promise<void>;
}
