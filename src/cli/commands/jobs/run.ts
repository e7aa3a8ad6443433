import { HotspotsError } from '../../../errors.ts';
import { runJob } from '../../../jobs/run-job.ts';
import { tasks } from '../../../jobs/tasks.ts';
import { withTaskLock } from '../../../jobs/with-task-lock.ts';
import { usageError } from '../arguments/parse-arguments.ts';
import { type Command, type ExitCode, exitCodes } from '../command.ts';
import { stopOnSignal } from '../crawl/stop-on-signal.ts';
import { writeOutput } from '../terminal/write-output.ts';
import { withDatabase } from '../with-database.ts';
import { readData } from './read-data.ts';

/** `hotspots jobs run`: does a job in this process, as the system's cron does. */
export const run: Command = {
  name: 'jobs run',
  summary: 'Does a job here and now, without a worker: for the system’s cron',
  usage: 'TASK [--data=JSON] [--quiet]',
  options: {
    data: { type: 'string', value: 'JSON', help: 'what the task is given' },
    quiet: { type: 'boolean', help: 'say nothing unless it fails, so that cron sends no mail' },
  },
  positionals: 1,
  examples: [['npm run hotspots -- jobs run audit-seal', 'Seals the log now']],
  run: async (given) => {
    const [name = ''] = given.positionals;
    const task = tasks.get(name);
    if (task === undefined) {
      throw usageError(
        'jobs run',
        name === ''
          ? `Name the task: ${[...tasks.keys()].join(', ')}.`
          : `There is no task ${JSON.stringify(name)}. Tasks are ${[...tasks.keys()].join(', ')}.`,
      );
    }
    const data = readData('jobs run', given.text('data'));
    const checked = task.data.safeParse(data);
    if (!checked.success)
      throw new HotspotsError('JOB_INVALID', `The task ${name} cannot use ${JSON.stringify(data)}.`);
    return withDatabase(async (database): Promise<ExitCode> => {
      using stop = stopOnSignal('what is being written');
      const lock = `${name} ${task.keyOf(data) ?? ''}`;
      const outcome = await withTaskLock(database.sequelize, lock, () =>
        runJob(task, { data, actor: null, correlationId: null }, { database, signal: stop.signal }),
      );
      const summary = outcome?.summary ?? 'Another process is doing it already; nothing was done.';
      if (!given.flag('quiet')) await writeOutput(summary);
      return outcome?.state === 'stopped' ? exitCodes.incomplete : exitCodes.done;
    });
  },
};
