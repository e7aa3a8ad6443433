import type pg from 'pg';
import { QueryTypes, type Sequelize } from 'sequelize';
import type { Actor } from '../../audit/actor-context.ts';
import { openSession } from '../../database/open-session.ts';
import { HotspotsError } from '../../errors.ts';
import { Run, type RunState } from '../../models/run.ts';
import { closeRun } from '../../review/close-run.ts';

/**
 * The row of `runs` of a management command. A session lock keeps a second process from running the same command, and
 * goes when the process dies, however it dies.
 */
export class CommandRun implements AsyncDisposable {
  readonly id: string;
  readonly #sequelize: Sequelize;
  readonly #session: pg.Client;

  private constructor(sequelize: Sequelize, session: pg.Client, id: string) {
    this.#sequelize = sequelize;
    this.#session = session;
    this.id = id;
  }

  /**
   * Begins a run, and ends those that killed processes have left.
   *
   * @param options as they are kept with the run
   * @throws HotspotsError COMMAND_ALREADY_RUNNING
   */
  static async begin(
    sequelize: Sequelize,
    command: string,
    { by, options }: { by: Actor; options: Readonly<Record<string, unknown>> },
  ): Promise<CommandRun> {
    const requestKey = `command:${command}`;
    const session = await openSession(sequelize);
    try {
      await lock(session, requestKey, command);
      for (const { id } of await Run.findAll({ where: { requestKey, state: 'running' } }))
        await end(sequelize, id, 'stopped', 'The process that ran it was killed.');
      const details = { command, options };
      const run = await Run.create({
        ...{ kind: 'command', actorId: by.id, actorEmail: by.email, requestKey, details },
      });
      return new CommandRun(sequelize, session, run.id);
    } catch (error) {
      await session.end();
      throw error;
    }
  }

  /** Ends the run and stores what it did. */
  async end(state: Exclude<RunState, 'running'>, error: string | null = null): Promise<Run> {
    return await end(this.#sequelize, this.id, state, error);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session.end();
  }
}

async function lock(session: pg.Client, requestKey: string, command: string): Promise<void> {
  const { rows } = await session.query<{ locked: boolean }>(
    'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS locked',
    [`hotspots:${requestKey}`],
  );
  if (rows[0]?.locked === true) return;
  throw new HotspotsError(
    'COMMAND_ALREADY_RUNNING',
    `Another process is running the command ${command}. One at a time may do so: wait until it is done, or stop it.`,
  );
}

function end(
  sequelize: Sequelize,
  id: string,
  state: Exclude<RunState, 'running'>,
  error: string | null,
): Promise<Run> {
  return sequelize.transaction(async (transaction) => {
    const [counts] = await sequelize.query<{ created: number; updated: number }>(
      `SELECT count(DISTINCT (model, object_id)) FILTER (WHERE action = 0)::int AS created,
              count(DISTINCT (model, object_id)) FILTER (WHERE action = 1)::int AS updated
       FROM log_entries WHERE run_id = $1`,
      { bind: [id], type: QueryTypes.SELECT, transaction },
    );
    await Run.update({ ...counts, state, error, finishedAt: new Date() }, { where: { id }, transaction });
    return await closeRun(sequelize, id, transaction);
  });
}
