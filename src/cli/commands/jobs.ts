import { withUserActor } from '../../audit/index.ts';
import { lockWork } from '../../database/work-lock.ts';
import {
  checkData,
  discardDeadLetters,
  type ListedTask,
  listDeadLetters,
  listTasks,
  openJobQueue,
  retryDeadLetters,
  runJob,
  sendJob,
  taskNamed,
  tasks,
} from '../../jobs/index.ts';
import { actingPerson } from '../../runs/index.ts';
import { counted } from '../../text.ts';
import { type ParsedArguments, usageError } from '../arguments.ts';
import { type Command, type ExitCode, exitCodes } from '../command.ts';
import { stopOnSignal } from '../progress.ts';
import { safeText, showTime, style, terminalWidth, writeOutput } from '../terminal.ts';
import { textTable } from '../text-table.ts';
import { withDatabase } from './options.ts';

/** `hotspots jobs`: how many jobs there are, and those that failed permanently. */
export const jobsCommand: Command = {
  usage: '[--json]',
  options: { json: { type: 'boolean', help: 'one JSON object on stdout' } },
  positionals: 0,
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
              ? [style('dim', 'No job has failed permanently.')]
              : [
                  deadLetterTable(deadLetters),
                  style(
                    'dim',
                    'Once it is fixed: npm run hotspots -- jobs retry ID, or --all. Not needed any more: jobs discard ID',
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

/** The ids that a command is given; undefined for `--all`. @throws HotspotsError USAGE when neither or both are given */
export function deadLetterIds(command: string, given: ParsedArguments): readonly string[] | undefined {
  const ids = given.positionals;
  const wrong = ids.find((id) => !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id));
  if (wrong !== undefined) {
    throw usageError(
      command,
      `${JSON.stringify(wrong)} is no id of a job; those there are: npm run hotspots -- jobs.`,
    );
  }
  if (ids.length > 0 === given.flag('all'))
    throw usageError(command, 'Name the jobs by their ids, or say --all.');
  return given.flag('all') ? undefined : ids;
}

/** `hotspots jobs discard`: takes jobs that failed permanently off the list. */
export const discard: Command = {
  usage: 'ID … | --all',
  options: { all: { type: 'boolean', help: 'all of them' } },
  positionals: 100,
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

/** The data of a job from the text of `--data`. @throws HotspotsError USAGE when it is no JSON object */
export function readData(command: string, text: string | undefined): object {
  if (text === undefined) return {};
  const refused = () =>
    usageError(
      command,
      `--data must be a JSON object such as '{"source":"town-library"}'; given: ${JSON.stringify(text)}.`,
    );
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    // JSON.parse has no other way to say that it is none.
    throw refused();
  }
  if (typeof data !== 'object' || data === null || Array.isArray(data)) throw refused();
  return data;
}

/** `hotspots jobs retry`: sends jobs that failed permanently once more. */
export const retry: Command = {
  usage: 'ID … | --all',
  options: { all: { type: 'boolean', help: 'all of them' } },
  positionals: 100,
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

/** `hotspots jobs run`: does a job in this process, as the system's cron does. */
export const run: Command = {
  usage: 'TASK [--data=JSON] [--quiet]',
  options: {
    data: { type: 'string', value: 'JSON', help: 'what the task is given' },
    quiet: { type: 'boolean', help: 'say nothing unless something is wrong, so that cron sends no mail' },
  },
  positionals: 1,
  examples: [
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
      await using lock = await lockWork(database.sequelize, `task ${name} ${task.keyOf(data) ?? ''}`);
      const context = { database, signal: stop.signal };
      const outcome =
        lock === null ? null : await runJob(task, { data, actor: null, correlationId: null }, context);
      const summary = outcome?.summary ?? 'Another process is running it already; nothing was done.';
      const isDone = outcome === null || outcome.state === 'done' || outcome.state === 'skipped';
      if (!isDone) process.stderr.write(`${safeText(`${name}: ${summary}`)}\n`);
      else if (!given.flag('quiet')) await writeOutput(safeText(summary));
      return isDone ? exitCodes.done : exitCodes.incomplete;
    });
  },
};

/** `hotspots jobs send`: queues a job for the workers. */
export const send: Command = {
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
  examples: [['npm run hotspots -- jobs send update-place-ratings', 'Without waiting for its hour']],
  run: async (given) => {
    const [task] = given.positionals;
    if (task === undefined) throw usageError('jobs send', `Name the task: ${[...tasks.keys()].join(', ')}.`);
    const data = readData('jobs send', given.text('data'));
    return withDatabase(async (database) => {
      const by = await actingPerson(given.text('as'));
      await using queue = await openJobQueue(database);
      const id = await withUserActor(by, () => sendJob(queue, task, data));
      await writeOutput(
        id === null
          ? 'The same job is queued or running already; nothing was queued.'
          : `Queued as job ${id}.`,
      );
      return exitCodes.done;
    });
  },
};
