import { once } from 'node:events';
import { tasks } from '../../jobs/index.ts';
import { plannedSchedules, startWorker, syncSchedules } from '../../jobs/worker/index.ts';
import { nearestWord, usageError, wholeNumber } from '../arguments.ts';
import { type Command, exitCodes } from '../command.ts';
import { stopOnSignal } from '../progress.ts';
import { safeText, showTime, writeOutput } from '../terminal.ts';
import { withDatabase } from './options.ts';

/** How long a worker that is to stop waits for what it is writing, in milliseconds. */
const patience = 30_000;

/** `hotspots worker`: does the work of the background until it is stopped. */
export const worker: Command = {
  usage: '[--concurrency=N] [--task=NAME …]',
  options: {
    concurrency: {
      type: 'string',
      value: 'N',
      help: 'jobs of one task at once; 2 if not given, so two sources are crawled at a time',
    },
    task: { type: 'string', multiple: true, value: 'NAME', help: 'these tasks only; all if not given' },
  },
  positionals: 0,
  examples: [['npm run worker -- --task=crawl --concurrency=8', 'Only crawls, eight sources at a time']],
  run: async (given) => {
    const concurrency =
      wholeNumber('worker', '--concurrency', given.text('concurrency'), { min: 1, max: 100 }) ?? 2;
    const only = given.texts('task');
    for (const name of only) checkTask(name);
    const planned = await plannedSchedules();
    return withDatabase(async (database) => {
      using stop = stopOnSignal('what is being written');
      await syncSchedules(database.sequelize, planned);
      await using running = await startWorker(database, {
        concurrency,
        ...(only.length > 0 && { only }),
        onEnd: ({ task, outcome, summary }) =>
          process.stderr.write(`${showTime(new Date())}  ${task}  ${outcome}  ${safeText(summary)}\n`),
      });
      await writeOutput(
        `Working on ${only.length > 0 ? only.join(', ') : 'all tasks'}, ${planned.length} schedules (Ctrl-C stops)`,
      );
      if (!stop.signal.aborted) await once(stop.signal, 'abort');
      if (await running.stop(patience)) return exitCodes.done;
      process.stderr.write(
        'Jobs that did not stop in time were abandoned; uncommitted work was rolled back. ' +
          'Other workers take them over within half a minute.\n',
      );
      // Whoever still works would go on in an open transaction, and others do the same work then.
      return process.exit(exitCodes.incomplete);
    });
  },
};

function checkTask(name: string): void {
  if (tasks.has(name)) return;
  const names = [...tasks.keys()];
  const nearest = nearestWord(name, names);
  throw usageError(
    'worker',
    `There is no task ${JSON.stringify(name)}. ` +
      (nearest === null ? `Tasks are ${names.join(', ')}.` : `Did you mean ${nearest}?`),
  );
}
