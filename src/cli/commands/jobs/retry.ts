import { openJobQueue } from '../../../jobs/open-job-queue.ts';
import { retryDeadLetters } from '../../../jobs/retry-dead-letters.ts';
import { type Command, exitCodes } from '../command.ts';
import { counted } from '../terminal/counted.ts';
import { writeOutput } from '../terminal/write-output.ts';
import { withDatabase } from '../with-database.ts';
import { deadLetterIds } from './dead-letter-ids.ts';

/** `hotspots jobs retry`: sends jobs that failed for good once more. */
export const retry: Command = {
  name: 'jobs retry',
  summary: 'Sends jobs that failed for good once more',
  usage: 'ID … | --all',
  options: { all: { type: 'boolean', help: 'all of them' } },
  positionals: 100,
  examples: [['npm run hotspots -- jobs retry --all', 'Once the cause is mended']],
  run: async (given) => {
    const ids = deadLetterIds('jobs retry', given);
    return withDatabase(async (database) => {
      await using queue = await openJobQueue(database);
      const sent = await retryDeadLetters(queue, ids);
      await writeOutput(`${counted(sent, 'job')} sent once more.`);
      return exitCodes.done;
    });
  },
};
