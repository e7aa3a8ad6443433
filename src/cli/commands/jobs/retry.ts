import { openJobQueue } from '../../../jobs/open-job-queue.ts';
import { retryDeadLetters } from '../../../jobs/retry-dead-letters.ts';
import { usageError } from '../arguments/parse-arguments.ts';
import { type Command, exitCodes } from '../command.ts';
import { counted } from '../terminal/counted.ts';
import { writeOutput } from '../terminal/write-output.ts';
import { withDatabase } from '../with-database.ts';

/** `hotspots jobs retry`: sends jobs that failed for good once more. */
export const retry: Command = {
  name: 'jobs retry',
  summary: 'Sends jobs that failed for good once more',
  usage: 'ID … | --all',
  options: { all: { type: 'boolean', help: 'all of them' } },
  positionals: 100,
  examples: [['npm run hotspots -- jobs retry --all', 'Once the cause is mended']],
  run: async (given) => {
    const ids = given.positionals;
    const wrong = ids.find((id) => !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id));
    if (wrong !== undefined)
      throw usageError(
        'jobs retry',
        `${JSON.stringify(wrong)} is no id of a job; those there are: npm run hotspots -- jobs.`,
      );
    if (ids.length > 0 === given.flag('all'))
      throw usageError('jobs retry', 'Name the jobs by their ids, or say --all.');
    return withDatabase(async (database) => {
      await using queue = await openJobQueue(database);
      const sent = await retryDeadLetters(queue, given.flag('all') ? undefined : ids);
      await writeOutput(`${counted(sent, 'job')} sent once more.`);
      return exitCodes.done;
    });
  },
};
