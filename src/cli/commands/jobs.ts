import { listDeadLetters } from '../../jobs/list-dead-letters.ts';
import { type ListedTask, listTasks } from '../../jobs/list-tasks.ts';
import { openJobQueue } from '../../jobs/open-job-queue.ts';
import { type Command, exitCodes } from './command.ts';
import { showTime } from './terminal/show-time.ts';
import { style } from './terminal/style.ts';
import { terminalWidth } from './terminal/terminal-width.ts';
import { textTable } from './terminal/text-table.ts';
import { writeOutput } from './terminal/write-output.ts';
import { withDatabase } from './with-database.ts';

/** `hotspots jobs`: how many jobs there are, and those that failed for good. */
export const jobs: Command = {
  name: 'jobs',
  summary: 'Lists jobs by task, and those that failed for good',
  usage: '[--json]',
  options: { json: { type: 'boolean', help: 'one JSON object on stdout' } },
  positionals: 0,
  examples: [['npm run hotspots -- jobs', 'Exit code 3 while jobs have failed for good']],
  run: (given) =>
    withDatabase(async (database) => {
      await using queue = await openJobQueue(database);
      const tasks = await listTasks(queue);
      const deadLetters = await listDeadLetters(queue.sequelize);
      if (given.flag('json')) await writeOutput(JSON.stringify({ tasks, deadLetters }));
      else {
        await writeOutput(
          [
            taskTable(tasks),
            '',
            ...(deadLetters.length === 0
              ? [style('dim', 'No job has failed for good.')]
              : [
                  deadLetterTable(deadLetters),
                  style(
                    'dim',
                    'Once it is mended: npm run hotspots -- jobs retry ID, or --all. Not needed any more: jobs discard ID',
                  ),
                ]),
          ].join('\n'),
        );
      }
      return deadLetters.length > 0 ? exitCodes.incomplete : exitCodes.done;
    }),
};

function taskTable(tasks: readonly ListedTask[]): string {
  return textTable(
    [
      { title: 'TASK' },
      ...['WAITING', 'LATER', 'RUNNING', 'DONE', 'FAILED'].map((title) => ({
        title,
        align: 'right' as const,
      })),
      { title: 'WHAT IT DOES', spare: true },
    ],
    tasks.map(({ task, waiting, deferred, active, completed, failed, summary }) => [
      task,
      ...[waiting, deferred, active, completed, failed].map(String),
      summary,
    ]),
    terminalWidth(),
  );
}

function deadLetterTable(letters: Awaited<ReturnType<typeof listDeadLetters>>): string {
  return textTable(
    [
      { title: 'FAILED FOR GOOD' },
      { title: 'TASK' },
      { title: 'SINCE' },
      { title: 'BY', spare: true },
      { title: 'WHY', flexible: true },
    ],
    letters.map(({ id, task, failedAt, actorEmail, error }) => [
      id,
      task,
      showTime(failedAt),
      actorEmail ?? 'the program',
      error,
    ]),
    terminalWidth(),
  );
}
