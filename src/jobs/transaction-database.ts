import type { Db } from 'pg-boss';
import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';

/** Lets the job queue write in a transaction of ours. */
export function transactionDatabase(sequelize: Sequelize, transaction: Transaction): Db {
  return {
    executeSql: async (text, values = []) => ({
      rows: await sequelize.query(text, { bind: [...values], type: QueryTypes.SELECT, transaction }),
    }),
  };
}
