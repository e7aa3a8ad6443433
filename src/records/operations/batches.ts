import { randomUUID } from 'node:crypto';
import type { Sequelize, Transaction } from 'sequelize';
import { currentContext, withEntryDetails } from '../../audit/index.ts';
import { retryTransaction } from '../../database/retry-transaction.ts';

/**
 * Gives all entries of an operation one correlation id, that of the request or job if it has one, and the reason for
 * it as `extra.reason`.
 */
export function asOneOperation<Result>(
  { reason }: { reason?: string | undefined },
  fn: () => Promise<Result>,
): Promise<Result> {
  const correlationId = currentContext()?.correlationId ?? randomUUID();
  return withEntryDetails({ correlationId, ...(reason !== undefined && { extra: { reason } }) }, fn);
}

/** Runs the work of one batch in a transaction, and gives what it gives. It may run it again after a rollback. */
export type Transact = <Result>(work: (transaction: Transaction) => Promise<Result>) => Promise<Result>;

/** Records by what became of them: examined, changed, leftToPeople … */
export type BatchCounts = Readonly<Record<string, number>>;

/** How work on many records is carried out, whatever the work is. */
export interface BatchOptions {
  /** Stops after the batch that is being written. The next call resumes with what is left. */
  signal?: AbortSignal | undefined;
  /** Is told the counts so far after each batch. */
  onBatch?: ((counts: BatchCounts) => void) | undefined;
  /** Default: a transaction of its own for each batch, in the actor context of the caller. */
  transact?: Transact | undefined;
}

export interface BatchedResult {
  state: 'finished' | 'stopped';
  counts: BatchCounts;
}

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

/** What operations on single records take besides the record. */
export interface OperationOptions {
  /** Why, for those who read the log later. */
  reason?: string | undefined;
  /** A transaction of the caller; without it the operation has its own. */
  transaction?: Transaction | undefined;
}
