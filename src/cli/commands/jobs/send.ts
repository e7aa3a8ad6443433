import { withUserActor } from '../../../audit/index.ts';
import { openJobQueue } from '../../../jobs/open-job-queue.ts';
import { sendJob } from '../../../jobs/send-job.ts';
import { tasks } from '../../../jobs/tasks.ts';
import { actingPerson } from '../../../runs/log-context.ts';
import { usageError } from '../arguments/parse-arguments.ts';
import { type Command, exitCodes } from '../command.ts';
import { writeOutput } from '../terminal/write-output.ts';
import { withDatabase } from '../with-database.ts';
import { readData } from './read-data.ts';

/** `hotspots jobs send`: queues a job for the workers. */
export const send: Command = {
  name: 'jobs send',
  summary: 'Queues a job, which a worker does',
  usage: 'TASK [--data=JSON] [--as=EMAIL]',
  options: {
    data: { type: 'string', value: 'JSON', help: 'what the task is given' },
    as: {
      type: 'string',
      value: 'EMAIL',
      help: 'as whom it is done; HOTSPOTS_USER, or the system user, if not given',
    },
  },
  positionals: 1,
  examples: [
    [`npm run hotspots -- jobs send crawl --data='{"source":"town-library"}'`, 'Crawls a source soon'],
    ['npm run hotspots -- jobs send update-place-ratings', 'Without waiting for its hour'],
  ],
  run: async (given) => {
    const [task] = given.positionals;
    if (task === undefined) throw usageError('jobs send', `Name the task: ${[...tasks.keys()].join(', ')}.`);
    const data = readData('jobs send', given.text('data'));
    return withDatabase(async (database) => {
      const by = await actingPerson(given.text('as'));
      await using queue = await openJobQueue(database);
      const id = await withUserActor(by, () => sendJob(queue, task, data));
      await writeOutput(
        id === null ? 'Such a job waits or runs already; nothing was queued.' : `Queued as job ${id}.`,
      );
      return exitCodes.done;
    });
  },
};
