import type pg from 'pg';
import type { Sequelize } from 'sequelize';
import { openSession } from '../../database/session.ts';

/** A row as the server wrote it: each column's text. */
export type TextRow = readonly (string | null)[];

/** About how much text is held of one batch, in UTF-16 units; two batches are held at a time. */
const batchBudget = 250_000;
const firstBatch = 200;
const largestBatch = 1_000;

const asText = { getTypeParser: () => (text: string | Buffer) => text };

/**
 * The rows of a query through a server-side cursor, in bounded memory: `current` is the row that is looked
 * at. The next batch is on its way while this one is used.
 */
export class CursorRows {
  #session: pg.Client;
  #name: string;
  #batch: readonly TextRow[] = [];
  #index = 0;
  #size = firstBatch;
  #next: Promise<readonly TextRow[]> | null;

  private constructor(session: pg.Client, name: string) {
    this.#session = session;
    this.#name = name;
    this.#next = this.#fetch();
  }

  /** Opens a cursor, in the session's transaction, and goes to the first row. */
  static async open(session: pg.Client, name: string, select: string): Promise<CursorRows> {
    await session.query(`DECLARE ${name} NO SCROLL CURSOR FOR ${select}`);
    const rows = new CursorRows(session, name);
    await rows.#load();
    return rows;
  }

  /** The row; undefined after the last one. */
  get current(): TextRow | undefined {
    return this.#batch[this.#index];
  }

  /** Goes to the next row. Resolved at once within a batch: then there is nothing to await. */
  advance(): Promise<void> | null {
    this.#index += 1;
    return this.#index < this.#batch.length ? null : this.#load();
  }

  /** Waits for what is on its way, and closes the cursor. */
  async close(): Promise<void> {
    await this.#next;
    await this.#session.query(`CLOSE ${this.#name}`);
  }

  async #load(): Promise<void> {
    this.#batch = (await this.#next) ?? [];
    this.#index = 0;
    this.#next = this.#batch.length < this.#size ? null : this.#fetch();
  }

  async #fetch(): Promise<readonly TextRow[]> {
    this.#size = this.#nextSize();
    const { rows } = await this.#session.query<(string | null)[]>({
      text: `FETCH ${this.#size} FROM ${this.#name}`,
      rowMode: 'array',
      types: asText,
    });
    return rows;
  }

  /** Rows can be of a hundred bytes or of a million. */
  #nextSize(): number {
    if (this.#batch.length === 0) return firstBatch;
    let length = 0;
    for (const row of this.#batch) for (const text of row) length += text?.length ?? 0;
    const fitting = Math.floor(batchBudget / (1 + length / this.#batch.length));
    return Math.max(1, Math.min(largestBatch, fitting, this.#size * 4));
  }
}

/**
 * For the transactions that read proof: values as text mean the same whatever the server's defaults are, long
 * work is not cut off, and sorting spills to disk beyond 64 MB. SQL statements without parameters.
 */
export const textSettings = `
  SET LOCAL TIME ZONE 'UTC';
  SET LOCAL datestyle = 'ISO, YMD';
  SET LOCAL intervalstyle = 'postgres';
  SET LOCAL extra_float_digits = 1;
  SET LOCAL bytea_output = 'hex';
  SET LOCAL statement_timeout = 0;
  SET LOCAL idle_in_transaction_session_timeout = 0;
  SET LOCAL work_mem = '64MB';
  SET LOCAL jit = off`;

/**
 * Runs `fn` on a connection of its own in a transaction that only reads and sees one moment of the database,
 * however long it takes.
 */
export async function readSession<Result>(
  sequelize: Sequelize,
  fn: (session: pg.Client) => Promise<Result>,
): Promise<Result> {
  const session = await openSession(sequelize);
  try {
    await session.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await session.query(textSettings);
    const result = await fn(session);
    await session.query('COMMIT');
    return result;
  } finally {
    await session.end();
  }
}
