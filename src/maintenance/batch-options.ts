import type { Transaction } from 'sequelize';

/** Runs the work of one batch in a transaction, and gives what it gives. It may run it again after a rollback. */
export type Transact = <Result>(work: (transaction: Transaction) => Promise<Result>) => Promise<Result>;

/** Records by what became of them: examined, changed, leftToPeople … */
export type BatchCounts = Readonly<Record<string, number>>;

/** How work on many records is carried out, whatever the work is. */
export interface BatchOptions {
  /** Stops after the batch that is being written. Called again, the work goes on with what is left. */
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
