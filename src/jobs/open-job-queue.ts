import { PgBoss } from 'pg-boss';
import type { Sequelize } from 'sequelize';
import type { Database } from '../database/open-database.ts';
import { log } from '../log.ts';
import { rareLog } from './rare-log.ts';
import type { Task } from './task.ts';
import { tasks as allTasks } from './tasks.ts';

/** The queue that jobs end in which failed for good. */
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
  const boss = new PgBoss({
    connectionString: url,
    application_name: 'hotspots-jobs',
    max: isWorker ? 4 : 2,
    // A worker is woken when a job is sent; without that, as behind PgBouncer, it finds it when it looks next.
    useListenNotify: isWorker,
    // Its own schedules leave a daily job out, or do it twice, on days when clocks change: see send-due-jobs.ts.
    schedule: false,
    ...{ supervise: isWorker, registerInstance: isWorker, instanceHeartbeatSeconds: 10 },
    ...{ superviseIntervalSeconds: superviseSeconds, monitorIntervalSeconds: superviseSeconds },
  });
  const logProblem = rareLog();
  boss.on('error', (error) => logProblem('The job queue had a problem', error));
  boss.on('warning', ({ message }) => log.warn(message));
  await boss.start();
  await boss.createQueue(deadLetters, { retentionSeconds: keptDays * daySeconds });
  for (const { name, isKeyed, retryLimit, retryDelay, expireInSeconds } of tasks.values()) {
    const options = {
      ...{
        retryLimit,
        retryDelay,
        retryBackoff: true,
        retryDelayMax: 3600,
        expireInSeconds,
        heartbeatSeconds,
        notify: true,
      },
      ...{ deadLetter: deadLetters, deleteAfterSeconds: keptDays * daySeconds },
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
