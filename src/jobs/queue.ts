import type { Db, PgBoss } from 'pg-boss';
import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import { z } from 'zod';
import { currentContext, storableJson } from '../audit/index.ts';
import { config } from '../config.ts';
import { onlyRow } from '../database/only-row.ts';
import type { Database } from '../database/open-database.ts';
import { storedJson } from '../database/stored-json.ts';
import { HotspotsError } from '../errors.ts';
import { log } from '../log.ts';
import { checkData, type Task, taskNamed } from './task.ts';
import { tasks as allTasks } from './tasks.ts';
import { rareLog } from './throttled-log.ts';

/** Whether a queue was ever opened on this database; before that, there are no tables of jobs to ask. */
export async function hasJobQueue(sequelize: Sequelize): Promise<boolean> {
  const { found } = onlyRow(
    await sequelize.query<{ found: boolean }>(
      "SELECT to_regclass('pgboss.job') IS NOT NULL AND to_regclass('pgboss.instance') IS NOT NULL AS found",
      { type: QueryTypes.SELECT },
    ),
  );
  return found;
}

const envelopeSchema = z.object({
  data: z.unknown(),
  /** The user who queued it; null for the program itself, whose jobs are the system user's. */
  actor: z.object({ id: z.string(), email: z.string() }).nullable(),
  /** Of the request that queued it; null for none. */
  correlationId: z.string().nullable().default(null),
});

/** What is stored of a job: its data, and on whose behalf it is done. */
export type JobEnvelope = z.infer<typeof envelopeSchema>;

export const storedEnvelope = storedJson(envelopeSchema);

/** The queue that jobs end in which failed permanently. */
export const deadLetters = 'dead-letters';

export interface JobQueueOptions {
  /** Default: all of the program. */
  tasks?: ReadonlyMap<string, Task>;
  /**
   * Whether this process looks after the queue and takes jobs from workers that died. Default false: it only sends and
   * reads.
   */
  isWorker?: boolean;
  /** A worker that has not been heard from for so long, in seconds, has lost its jobs. At least 10; default 30. */
  heartbeatSeconds?: number;
  /** How often a worker looks for jobs that others have lost, in seconds; default 10. */
  superviseSeconds?: number;
}

export interface JobQueue extends AsyncDisposable {
  readonly boss: PgBoss;
  readonly sequelize: Sequelize;
  readonly tasks: ReadonlyMap<string, Task>;
  close(): Promise<void>;
}

/** Days for which what became of a job can be seen. */
const keptDays = 30;
const daySeconds = 24 * 60 * 60;

/** Opens the queue of jobs, in a schema of its own (`pgboss`) of the same database; makes it at first use. */
export async function openJobQueue(
  { url, sequelize }: Pick<Database, 'url' | 'sequelize'>,
  { tasks = allTasks, isWorker = false, heartbeatSeconds = 30, superviseSeconds = 10 }: JobQueueOptions = {},
): Promise<JobQueue> {
  const { PgBoss } = await import('pg-boss');
  const boss = new PgBoss({
    connectionString: url,
    application_name: 'hotspots-jobs',
    max: isWorker ? 4 : 2,
    // A worker is woken when a job is sent; without that, as behind PgBouncer, it finds it when it looks next.
    useListenNotify: isWorker,
    // Its own schedules leave a daily job out, or do it twice, on days when clocks change: see send-due-jobs.ts.
    schedule: false,
    supervise: isWorker,
    registerInstance: isWorker,
    instanceHeartbeatSeconds: 10,
    superviseIntervalSeconds: superviseSeconds,
    monitorIntervalSeconds: superviseSeconds,
  });
  const logProblem = rareLog();
  boss.on('error', (error) => logProblem('The job queue had a problem', error));
  boss.on('warning', ({ message }) => log.warn(message));
  await boss.start();
  await boss.createQueue(deadLetters, { retentionSeconds: keptDays * daySeconds });
  for (const { name, isKeyed, retryLimit, retryDelay, expireInSeconds } of tasks.values()) {
    const options = {
      retryLimit,
      retryDelay,
      retryBackoff: true,
      retryDelayMax: 3600,
      expireInSeconds,
      heartbeatSeconds,
      notify: true,
      deadLetter: deadLetters,
      deleteAfterSeconds: keptDays * daySeconds,
    };
    await boss.createQueue(name, { ...options, policy: isKeyed ? 'exclusive' : 'standard' });
    // A queue that was made by an earlier version keeps its options otherwise.
    if (isWorker) await boss.updateQueue(name, options);
  }
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= boss.stop();
    return closing;
  };
  return { boss, sequelize, tasks, close, [Symbol.asyncDispose]: close };
}

/** Lets the job queue write in a transaction of ours. */
export function transactionDatabase(sequelize: Sequelize, transaction: Transaction): Db {
  return {
    executeSql: async (text, values = []) => ({
      rows: await sequelize.query(text, { bind: [...values], type: QueryTypes.SELECT, transaction }),
    }),
  };
}

export interface SendJobOptions {
  /** The job is sent when this is committed, and not at all when it is rolled back. */
  transaction?: Transaction;
  /** Not before. */
  startAfter?: Date;
}

/**
 * Sends work to the background. It will be done as the actor of the surrounding context, with its correlation id;
 * outside any, and in those of the program itself, as the system user.
 *
 * @param data what the task asks for
 * @returns the job's id; null when a job with the same key waits or runs already
 * @throws HotspotsError JOB_INVALID when there is no such task, or the data is not what it asks for
 */
export async function sendJob(
  queue: JobQueue,
  taskName: string,
  data: unknown,
  { transaction, startAfter }: SendJobOptions = {},
): Promise<string | null> {
  const task = taskNamed(queue.tasks, taskName);
  checkData(task, data);
  const json = JSON.stringify(data);
  if (storableJson(json) !== json) {
    throw new HotspotsError(
      'JOB_INVALID',
      `The task ${taskName} was given text with U+0000 or half a character, which the database cannot hold.`,
    );
  }
  const key = task.keyOf(data);
  return await queue.boss.send(taskName, storedEnvelope.write(await envelopeOf(data)), {
    ...(key !== undefined && { singletonKey: key }),
    ...(startAfter !== undefined && { startAfter }),
    ...(transaction && { db: transactionDatabase(queue.sequelize, transaction) }),
  });
}

async function envelopeOf(data: unknown): Promise<JobEnvelope> {
  const context = currentContext();
  const actor = await context?.actor();
  const automated = [config.systemActorEmail, config.scraperActorEmail].map((email) => email.toLowerCase());
  const isPerson = actor?.id != null && !automated.includes(actor.email);
  return {
    data,
    actor: isPerson && actor?.id != null ? { id: actor.id, email: actor.email } : null,
    correlationId: context?.correlationId ?? null,
  };
}
