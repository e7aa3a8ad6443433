import type pg from 'pg';
import { Transaction } from 'sequelize';
import type { Operation } from './operation.ts';
import type { Call, Run } from './run.ts';
import type { Duel, PsqlUnit, Savepoint, Sequence, Session, Step, Unit } from './sequence.ts';

/** Thrown by callers that want their transaction rolled back. */
export class ChangedMyMind extends Error {}

/**
 * Runs a sequence: first rows to work on, then its phases one after another, the sessions of each at the same
 * time. What fails is noted in `run`, not thrown.
 */
export async function runSequence(run: Run, sequence: Sequence): Promise<void> {
  await single(run, seed('bulkCreate'));
  await single(run, seed('bulkCreateParcels'));
  await single(run, { ...seed('destroyParcelsWhere'), slots: [3] });
  for (const phase of sequence) {
    if (phase.type === 'duel') await duel(run, phase);
    else await Promise.all(phase.sessions.map((session) => runSession(run, session)));
  }
}

function seed(kind: Operation['kind']): Operation {
  return {
    kind,
    slots: [1, 2, 3],
    values: { name: 'seed', count: 1, secret: 'hush' },
    variant: 1,
    fails: null,
  };
}

async function runSession(run: Run, session: Session): Promise<void> {
  for (const unit of session) {
    if (unit.type === 'operation') await single(run, unit.operation);
    else if (unit.type === 'transaction') await transaction(run, unit);
    else if (unit.type === 'psql') await psql(run, unit);
    else await run.killSomebody();
  }
}

async function single(run: Run, operation: Operation): Promise<void> {
  const call = await run.call(operation, null);
  settle(run, [call], call.error === null);
}

async function transaction(run: Run, unit: Unit): Promise<void> {
  const calls: Call[] = [];
  await inTransaction(
    run,
    calls,
    { isolationLevel: isolationLevels[unit.isolation] },
    async (transaction) => {
      await runSteps(run, unit, unit.steps, transaction, calls);
      if (unit.ending === 'rollback') throw new ChangedMyMind();
      if (unit.ending === 'kill') await run.kill(await run.pidOf(transaction));
    },
  );
}

const isolationLevels = {
  'READ COMMITTED': Transaction.ISOLATION_LEVELS.READ_COMMITTED,
  'REPEATABLE READ': Transaction.ISOLATION_LEVELS.REPEATABLE_READ,
  SERIALIZABLE: Transaction.ISOLATION_LEVELS.SERIALIZABLE,
};

/** Runs a transaction of the program, and says of its calls what became of them. */
async function inTransaction(
  run: Run,
  calls: readonly Call[],
  options: { isolationLevel?: Transaction.ISOLATION_LEVELS },
  fn: (transaction: Transaction) => Promise<void>,
): Promise<void> {
  try {
    await run.store.sequelize.transaction(options, fn);
    settle(run, calls, true);
  } catch (error) {
    run.failures.push(error);
    settle(run, calls, false);
  }
}

async function runSteps(
  run: Run,
  unit: Unit,
  steps: readonly Step[],
  transaction: Transaction,
  calls: Call[],
): Promise<void> {
  for (const step of steps) {
    if (step.type === 'savepoint') {
      await savepoint(run, unit, step, transaction, calls);
      continue;
    }
    const call = await run.call(step.operation, transaction);
    calls.push(call);
    if (call.error !== null && unit.onError === 'stop') throw call.error;
  }
}

async function savepoint(
  run: Run,
  unit: Unit,
  step: Savepoint,
  transaction: Transaction,
  calls: Call[],
): Promise<void> {
  const inner: Call[] = [];
  try {
    await run.store.sequelize.transaction({ transaction }, async (nested) => {
      await runSteps(run, unit, step.steps, nested, inner);
      if (step.ending === 'rollback') throw new ChangedMyMind();
    });
    calls.push(...inner);
  } catch (error) {
    run.failures.push(error);
    for (const call of inner) call.fate = 'undone';
    if (!(error instanceof ChangedMyMind) && unit.onError === 'stop') throw error;
  }
}

/**
 * An operation that failed may leave a transaction aborted, whose COMMIT then is silently a ROLLBACK: of such a
 * transaction the caller does not know.
 */
function settle(run: Run, calls: readonly Call[], isCommitted: boolean): void {
  const isClear = isCommitted ? calls.every(({ error }) => error === null) : !run.mayLoseConnections;
  for (const call of calls) call.fate = isClear ? (isCommitted ? 'committed' : 'undone') : 'in doubt';
}

async function psql(run: Run, unit: PsqlUnit): Promise<void> {
  const client = await run.clients.psql.connect();
  // The pool listens only to connections that nobody has.
  const ignore = () => {};
  client.on('error', ignore);
  let lost: Error | undefined;
  try {
    if (unit.ending === 'autocommit') {
      for (const operation of unit.operations) {
        const call = await run.psql(client, operation);
        settle(run, [call], call.error === null);
      }
    } else {
      await psqlTransaction(run, client, unit);
    }
    await client.query('SELECT 1');
  } catch (error) {
    lost = error instanceof Error ? error : new Error(String(error));
  } finally {
    client.off('error', ignore);
    client.release(lost);
  }
}

async function psqlTransaction(run: Run, client: pg.PoolClient, unit: PsqlUnit): Promise<void> {
  const calls: Call[] = [];
  try {
    await client.query('BEGIN');
    for (const operation of unit.operations) {
      const call = await run.psql(client, operation);
      calls.push(call);
      if (call.error !== null) throw call.error;
    }
    if (unit.ending === 'kill') {
      const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      await run.kill(rows[0]?.pid ?? 0);
    }
    await client.query(unit.ending === 'rollback' ? 'ROLLBACK' : 'COMMIT');
    settle(run, calls, unit.ending !== 'rollback');
  } catch (error) {
    run.failures.push(error);
    settle(run, calls, false);
    await client.query('ROLLBACK');
  }
}

async function duel(run: Run, { operations }: Duel): Promise<void> {
  const bothHoldOne = meetingPoint(2);
  const half = async (
    order: readonly [number, number],
    [first, second]: readonly (Operation | undefined)[],
  ) => {
    if (first === undefined || second === undefined) throw new RangeError('A duel has four operations.');
    const calls: Call[] = [];
    const step = async (operation: Operation, slot: number, transaction: Transaction) => {
      const call = await run.call(
        { ...operation, slots: [slot], values: {}, variant: 1, fails: null },
        transaction,
      );
      calls.push(call);
      if (call.error !== null) throw call.error;
    };
    await inTransaction(run, calls, {}, async (transaction) => {
      try {
        await step(first, order[0], transaction);
      } finally {
        // Also after a failure, so that the other does not wait for ever.
        bothHoldOne.arrive();
      }
      await bothHoldOne.met;
      await step(second, order[1], transaction);
    });
  };
  await Promise.all([half([1, 2], operations.slice(0, 2)), half([2, 1], operations.slice(2))]);
}

/** `met` resolves when as many have arrived as are expected. */
function meetingPoint(expected: number): { arrive(): void; met: Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>();
  let missing = expected;
  const arrive = () => {
    missing -= 1;
    if (missing === 0) resolve();
  };
  return { arrive, met: promise };
}
