import { discardDeadLetters } from '../../../jobs/discard-dead-letters.ts';
import { openJobQueue } from '../../../jobs/open-job-queue.ts';
import { type Command, exitCodes } from '../command.ts';
import { counted } from '../terminal/counted.ts';
import { writeOutput } from '../terminal/write-output.ts';
import { withDatabase } from '../with-database.ts';
import { deadLetterIds } from './dead-letter-ids.ts';

/** `hotspots jobs discard`: takes jobs that failed for good off the list. */
export const discard: Command = {
  name: 'jobs discard',
  summary: 'Takes jobs that failed for good off the list, without doing them',
  usage: 'ID … | --all',
  options: { all: { type: 'boolean', help: 'all of them' } },
  positionals: 100,
  examples: [['npm run hotspots -- jobs discard --all', 'When the next ones of the schedule do']],
  run: async (given) => {
    const ids = deadLetterIds('jobs discard', given);
    return withDatabase(async (database) => {
      await using queue = await openJobQueue(database);
      await discardDeadLetters(queue, ids);
      await writeOutput(
        ids === undefined ? 'All were discarded.' : `${counted(ids.length, 'job')} discarded.`,
      );
      return exitCodes.done;
    });
  },
};
