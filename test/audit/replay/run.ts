import pg from 'pg';
import { QueryTypes, type Transaction } from 'sequelize';
import { withUserActor } from '../../../src/audit/actors.ts';
import { waitFor } from '../../helpers/wait-for.ts';
import { actorOf } from './actor-of.ts';
import { modelWrites, type WriteResult } from './model-writes.ts';
import type { Operation } from './operation.ts';
import { isModelKind, statementOf } from './operation-kinds.ts';
import { type RawStatement, rawStatements, type StatementTarget } from './raw-statements.ts';
import { withRejectingHooks } from './rejecting-hooks.ts';
import type { Store } from './store.ts';

/** One operation that was run. */
export interface Call {
  /** Its own number: its actor's id and name, and what it writes to the column `stamp`. */
  readonly stamp: number;
  readonly operation: Operation;
  readonly ids: readonly number[];
  result: WriteResult;
  error: unknown;
  /** Whether what it wrote was committed, as far as the caller can know. */
  fate: 'pending' | 'committed' | 'undone' | 'in doubt';
}

/** The connections that a run has besides the program's own; made once for many runs. */
interface Clients extends AsyncDisposable {
  readonly psql: pg.Pool;
  /** For the test itself: never killed. */
  readonly admin: pg.Client;
}

export async function openClients(store: Store): Promise<Clients> {
  const psql = new pg.Pool({ connectionString: store.url, max: 4 });
  // A killed connection tells its pool; whoever uses it hears of it from the next query.
  psql.on('error', () => {});
  const admin = new pg.Client({ connectionString: store.url, application_name: 'test admin' });
  await admin.connect();
  const close = async () => {
    await psql.end();
    await admin.end();
  };
  return { psql, admin, [Symbol.asyncDispose]: close };
}

/** One sequence while it runs: what its operations work on, and what became of each. */
export class Run {
  readonly store: Store;
  readonly clients: Clients;
  /** Ids of the sequence's rows, and its stamps, are greater than this by less than a thousand. */
  readonly base: number;
  readonly calls: Call[] = [];
  /** Errors of operations and of transactions. */
  readonly failures: unknown[] = [];
  isAnyoneKilled = false;
  /** Pools may still hold connections that the run before killed. */
  readonly #mayMeetTheDead: boolean;

  private constructor(store: Store, clients: Clients, before: Run | null) {
    this.store = store;
    this.clients = clients;
    this.base = (before?.base ?? 0) + 1000;
    this.#mayMeetTheDead = before?.isAnyoneKilled ?? false;
  }

  /** @param before the run that was the last on these connections. */
  static async begin(store: Store, clients: Clients, before: Run | null): Promise<Run> {
    const run = new Run(store, clients, before);
    await clients.admin.query('SELECT setval($1, $2)', ['unnumbered', run.base + 100]);
    return run;
  }

  /** Calls the models, or sends SQL through Sequelize, as an actor of its own. Does not throw. */
  async call(operation: Operation, transaction: Transaction | null): Promise<Call> {
    const call = this.#newCall(operation);
    const { stamp } = call;
    const options = transaction === null ? {} : { transaction };
    const work = isModelKind(operation.kind)
      ? () => this.#write(call, options)
      : () => this.#query(call, options);
    try {
      const rejection = operation.fails === 'check' ? null : operation.fails;
      call.result = await withRejectingHooks(rejection, () =>
        withUserActor(actorOf(stamp), work, detailsOf(stamp)),
      );
    } catch (error) {
      this.#fail(call, error);
    }
    return call;
  }

  /** Sends SQL from another client. Does not throw. */
  async psql(client: pg.PoolClient, operation: Operation): Promise<Call> {
    const call = this.#newCall(operation);
    const { sql, bind, isCounted }: RawStatement = rawStatements[statementOf(operation.kind)](
      this.#statementTarget(call),
    );
    try {
      await client.query(`SET application_name = 'psql ${call.stamp}'`);
      const { rowCount } = await client.query(sql, bind === undefined ? undefined : [...bind]);
      if (isCounted === true && rowCount !== null) call.result = { entries: rowCount };
    } catch (error) {
      this.#fail(call, error);
    }
    return call;
  }

  /** Whether connections may be lost, and with them the answer to a COMMIT. */
  get mayLoseConnections(): boolean {
    return this.isAnyoneKilled || this.#mayMeetTheDead;
  }

  async kill(pid: number): Promise<void> {
    this.isAnyoneKilled = true;
    await this.clients.admin.query('SELECT pg_terminate_backend($1)', [pid]);
  }

  /** Kills a connection that is in the middle of something, if any is. */
  async killSomebody(): Promise<void> {
    // Set first: the victim may hear of it before we do.
    this.isAnyoneKilled = true;
    await this.clients.admin.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle' LIMIT 1`,
    );
  }

  /** Waits until the server is done with what is going on, which after a kill may be later than we hear of it. */
  async untilQuiet(): Promise<void> {
    if (!this.isAnyoneKilled) return;
    await waitFor('no connection is at work', async () => {
      const { rows } = await this.clients.admin.query(
        `SELECT FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle' LIMIT 1`,
      );
      return rows.length === 0;
    });
  }

  async pidOf(transaction: Transaction): Promise<number> {
    const rows = await this.store.sequelize.query<{ pid: number }>('SELECT pg_backend_pid() AS pid', {
      transaction,
      type: QueryTypes.SELECT,
    });
    return rows[0]?.pid ?? 0;
  }

  #newCall(operation: Operation): Call {
    const call: Call = {
      stamp: this.base + this.calls.length + 1,
      operation,
      ids: operation.slots.map((slot) => this.base + slot),
      result: {},
      error: null,
      fate: 'pending',
    };
    this.calls.push(call);
    return call;
  }

  #fail(call: Call, error: unknown): void {
    call.error = error;
    this.failures.push(error);
  }

  #write(call: Call, options: { transaction?: Transaction }): Promise<WriteResult> {
    const { operation, ids, stamp } = call;
    if (!isModelKind(operation.kind)) throw new TypeError(`${operation.kind} is no write of a model.`);
    return modelWrites[operation.kind].run({
      store: this.store,
      ids,
      id: ids[0] ?? 0,
      values: this.#values(call),
      stamp,
      variant: operation.variant,
      options,
    });
  }

  async #query(call: Call, options: { transaction?: Transaction }): Promise<WriteResult> {
    const { sql, bind, isCounted }: RawStatement = rawStatements[statementOf(call.operation.kind)](
      this.#statementTarget(call),
    );
    const [, metadata] = await this.store.sequelize.query(sql, {
      ...options,
      ...(bind && { bind: [...bind] }),
    });
    if (isCounted !== true) return {};
    const count: unknown =
      typeof metadata === 'object' && metadata !== null ? Reflect.get(metadata, 'rowCount') : metadata;
    if (typeof count !== 'number') throw new TypeError(`${call.operation.kind} has no count of rows.`);
    return { entries: count };
  }

  #statementTarget(call: Call): StatementTarget {
    return {
      ids: call.ids,
      values: this.#values(call),
      stamp: call.stamp,
      freeId: this.base + 50 + call.operation.variant,
    };
  }

  #values({ operation, stamp }: Call): Record<string, unknown> {
    const { parent, code, ...values } = operation.values;
    return {
      ...values,
      ...(typeof parent === 'number' && { parentId: this.base + parent }),
      ...(parent === null && { parentId: null }),
      // Codes are unique in the whole table: each sequence has its own.
      ...(code !== undefined && { code: code === null ? null : `${code} ${this.base}` }),
      ...(operation.fails === 'check' && { name: 'forbidden' }),
      stamp,
    };
  }
}

function detailsOf(stamp: number) {
  return { runId: String(stamp), correlationId: `call ${stamp}`, extra: { stamp } };
}
