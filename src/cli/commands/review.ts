import { logActions } from '../../audit/log-action.ts';
import { filterFromFlags } from '../../audit/reading/filter-from-flags.ts';
import { actorTypes, entryVerdicts, type LogEntryFilter } from '../../audit/reading/log-entry-filter.ts';
import { HotspotsError } from '../../errors.ts';
import { verdictWords } from '../../review/given-verdict.ts';
import { parseRunFilter, type RunFilter } from '../../review/run-filter.ts';
import { choice } from './arguments/choice.ts';
import { idOf } from './arguments/id-of.ts';
import { type ParsedArguments, usageError } from './arguments/parse-arguments.ts';
import { wholeNumber } from './arguments/whole-number.ts';
import { type Command, type ExitCode, exitCodes } from './command.ts';
import { checkRuns } from './review/check-runs.ts';
import { exportChanges, exportRuns } from './review/export-list.ts';
import { judge } from './review/judge.ts';
import { listChanges } from './review/list-changes.ts';
import { listRuns } from './review/list-runs.ts';
import { showChange } from './review/show-change.ts';
import { showRun } from './review/show-run.ts';
import { writeOutput } from './terminal/write-output.ts';
import { withDatabase } from './with-database.ts';

/** Conditions on changes, by their words as options. */
export const filterOptions = {
  actor: { value: 'EMAIL', help: 'changes by this actor' },
  'actor-type': { value: 'WORD', help: `changes by any ${actorTypes.join(', ')}` },
  since: { value: 'WHEN', help: 'changes from then on: 30m, 12h, 7d, 2w, or 2027-03-01[T18:00Z]' },
  until: { value: 'WHEN', help: 'changes before then' },
  model: { value: 'NAME', help: 'changes of Place, Event or User records' },
  object: { value: 'ID', help: 'changes of one record; with --model' },
  field: { value: 'NAME', help: 'changes of this field, as startDate' },
  action: { value: 'WORD', help: logActions.join(', ') },
  run: { value: 'ID', help: 'changes of this run' },
  source: { value: 'NAME', help: 'changes of all runs of this source' },
  correlation: { value: 'ID', help: 'changes of one request' },
  verdict: { value: 'WORD', help: `changes that are ${entryVerdicts.join(', ')}; with --runs, runs` },
  q: { value: 'TEXT', help: 'changes with this text in an old or new value' },
} as const;

export const filterNames = Object.keys(filterOptions);

const formats = ['csv', 'jsonl'] as const;

/** `hotspots review`: runs, one run, one change, or the changes that match a filter; and verdicts on them. */
export const review: Command = {
  name: 'review',
  summary: 'Shows what runs and people changed, and keeps what reviewers think of it',
  usage: '[RUN | show CHANGE | good|bad|clear RUN | FILTERS]',
  options: {
    // Given twice, an option means either; a "-" in front of a value means all but that.
    ...Object.fromEntries(
      Object.entries(filterOptions).map(([name, option]) => [
        name,
        { type: 'string', multiple: true, ...option } as const,
      ]),
    ),
    runs: { type: 'boolean', help: 'filters mean runs: --actor, --source, --verdict, --since, --until' },
    flagged: { type: 'boolean', help: 'only runs with flags' },
    change: {
      type: 'string',
      multiple: true,
      value: 'ID',
      help: 'with good, bad or clear: this change instead of a run',
    },
    note: { type: 'string', value: 'TEXT', help: 'with good, bad or clear: why' },
    as: {
      type: 'string',
      value: 'EMAIL',
      help: 'who judges; HOTSPOTS_USER, or the system user, if not given',
    },
    check: { type: 'boolean', help: 'exit code 3 while flagged runs wait; for cron' },
    limit: { type: 'string', value: 'N', help: 'at most N lines of runs or changes; 50 if not given' },
    before: {
      type: 'string',
      value: 'ID',
      help: 'the next page: only what is older than this run or change',
    },
    format: { type: 'string', value: 'WORD', help: `the whole list as ${formats.join(' or ')}` },
    json: { type: 'boolean', help: 'one JSON object on stdout' },
  },
  positionals: 2,
  examples: [
    ['npm run review', 'Runs, flagged ones on top'],
    ['npm run review -- 12', 'What run 12 changed, field by field, and how to undo it'],
    ['npm run review -- show 4711', 'One change, and what became of it'],
    ['npm run review -- bad 12 --note="read a block page"', 'Run 12 was bad; its source is paused'],
    [
      'npm run review -- --actor=scraper@vibemap.com --since=7d --field=name',
      'Names that spiders changed in the last seven days',
    ],
    [
      'npm run review -- --model=Event --field=-description',
      'Changes of events that leave the description alone',
    ],
    [
      'npm run --silent review -- --run=12 --format=csv > run-12.csv',
      'All changes of run 12 for a spreadsheet',
    ],
  ],
  run: async (given) => {
    const format = choice('review', '--format', given.text('format'), formats);
    const [word, ...others] = given.positionals;
    const verdict = verdictWords.find((each) => each === word);
    if (verdict !== undefined) return judge(verdict, others[0], given);
    const limit = wholeNumber('review', '--limit', given.text('limit'), { min: 1, max: 10_000 }) ?? 50;
    const before = idOf('review', '--before', given.text('before'));
    const page = { limit, ...(before !== undefined && { before }) };
    const json = given.flag('json');
    if (word === 'show') {
      const id = idOf('review', 'CHANGE', others[0]);
      if (id === undefined)
        throw usageError('review', 'show needs the number of a change: review show 4711.');
      return print(({ sequelize }) => showChange(sequelize, id, json));
    }
    if (others.length > 0) throw usageError('review', `${JSON.stringify(others[0])} is one word too many.`);
    if (given.flag('check')) return checkRuns(json);
    const filtered = filterNames.some((option) => given.text(option) !== undefined);
    if (word !== undefined && filtered) {
      throw usageError(
        'review',
        `A run and filters exclude each other. To filter a run's changes: --run=${word}.`,
      );
    }
    const runId = idOf('review', 'RUN', word);
    if (runId !== undefined) return print(({ sequelize }) => showRun(sequelize, runId, json));
    if (filtered && !given.flag('runs')) {
      const filter = readFilter('review', given);
      if (format !== undefined) return exportChanges(filter, format);
      return print(({ sequelize }) =>
        listChanges(sequelize, filter, page, { json, repeated: repeatedOptions(given) }),
      );
    }
    const runFilter = readRunFilter(given);
    if (format !== undefined) return exportRuns(runFilter, format);
    return print(({ sequelize }) => listRuns(sequelize, runFilter, page, json));
  },
};

type Show = Parameters<typeof withDatabase<string>>[0];

async function print(show: Show): Promise<ExitCode> {
  await writeOutput(await withDatabase(show));
  return exitCodes.done;
}

/**
 * The filter of changes that options ask for.
 *
 * @throws HotspotsError USAGE
 */
export function readFilter(command: string, given: ParsedArguments): LogEntryFilter {
  for (const action of given.texts('action'))
    choice(command, '--action', action.replace(/^-/, ''), logActions);
  return asUsage(command, () =>
    filterFromFlags(Object.fromEntries(filterNames.map((name) => [name, given.texts(name)]))),
  );
}

function readRunFilter(given: ParsedArguments): RunFilter {
  const words = filterNames.flatMap((name) => given.texts(name).map((value) => [name, value] as const));
  const flagged = given.flag('flagged') ? [['flagged', '1'] as const] : [];
  return asUsage('review', () => parseRunFilter([...words, ...flagged], (word) => `--${word}`));
}

function asUsage<Result>(command: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    throw error instanceof HotspotsError && error.code === 'USAGE'
      ? usageError(command, error.message)
      : error;
  }
}

/** The options to give again for the next page, quoted for a shell. */
export function repeatedOptions(given: ParsedArguments): string {
  return [...filterNames, 'limit']
    .flatMap((option) =>
      given
        .texts(option)
        .map(
          (text) =>
            ` --${option}=${/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`}`,
        ),
    )
    .join('');
}
