import type { Sequelize, Transaction } from 'sequelize';
import { retryTransaction } from '../database/retry-transaction.ts';
import type { BatchCounts, BatchedResult, BatchOptions } from './batch-options.ts';

/** How many records are read and written in one transaction. */
export const batchSize = 500;

export interface Batch {
  /** The id up to which records have been looked at. */
  last: string;
  counts: BatchCounts;
}

/**
 * Works through records in the order of their ids, some at a time, each time in a transaction of its own.
 *
 * @param next works on the first `batchSize` records after an id; gives null when there are none
 */
export async function inBatches(
  sequelize: Sequelize,
  next: (after: string, transaction: Transaction) => Promise<Batch | null>,
  { signal, onBatch, transact = (work) => retryTransaction(sequelize, work) }: BatchOptions,
): Promise<BatchedResult> {
  const counts: Record<string, number> = { examined: 0 };
  for (let after = '0'; ; ) {
    if (signal?.aborted === true) return { state: 'stopped', counts };
    const batch = await transact((transaction) => next(after, transaction));
    if (batch === null) return { state: 'finished', counts };
    for (const [name, count] of Object.entries(batch.counts)) counts[name] = (counts[name] ?? 0) + count;
    onBatch?.({ ...counts });
    after = batch.last;
  }
}
