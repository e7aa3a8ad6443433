import type { Transaction } from 'sequelize';

/** What operations on single records take besides the record. */
export interface OperationOptions {
  /** Why, for those who read the log later. */
  reason?: string | undefined;
  /** A transaction of the caller; without it the operation has its own. */
  transaction?: Transaction | undefined;
}
