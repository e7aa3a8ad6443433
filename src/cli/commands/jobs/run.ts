import { checkData } from '../../../jobs/check-data.ts';
import { runJob } from '../../../jobs/run-job.ts';
import { taskNamed } from '../../../jobs/task-named.ts';
import { tasks } from '../../../jobs/tasks.ts';
import { withTaskLock } from '../../../jobs/with-task-lock.ts';
import { usageError } from '../arguments/parse-arguments.ts';
import { type Command, type ExitCode, exitCodes } from '../command.ts';
import { stopOnSignal } from '../crawl/stop-on-signal.ts';
import { safeText } from '../terminal/safe-text.ts';
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
    quiet: { type: 'boolean', help: 'say nothing unless something is wrong, so that cron sends no mail' },
  },
  positionals: 1,
  examples: [
    ['npm run hotspots -- jobs run audit-seal', 'Seals the log now'],
    [
      `npm run hotspots -- jobs run crawl --data='{"source":"town-library"}' --quiet`,
      'Exit code 3 when some of it was left out, as pages that could not be read',
    ],
  ],
  run: async (given) => {
    const [name] = given.positionals;
    if (name === undefined) throw usageError('jobs run', `Name the task: ${[...tasks.keys()].join(', ')}.`);
    const task = taskNamed(tasks, name);
    const data = readData('jobs run', given.text('data'));
    checkData(task, data);
    return withDatabase(async (database): Promise<ExitCode> => {
      using stop = stopOnSignal('what is being written');
      const lock = `${name} ${task.keyOf(data) ?? ''}`;
      const outcome = await withTaskLock(database.sequelize, lock, () =>
        runJob(task, { data, actor: null, correlationId: null }, { database, signal: stop.signal }),
      );
      const summary = outcome?.summary ?? 'Another process is doing it already; nothing was done.';
      const isDone = outcome === null || outcome.state === 'done' || outcome.state === 'skipped';
      if (!isDone) process.stderr.write(`${safeText(`${name}: ${summary}`)}\n`);
      else if (!given.flag('quiet')) await writeOutput(safeText(summary));
      return isDone ? exitCodes.done : exitCodes.incomplete;
    });
  },
};
