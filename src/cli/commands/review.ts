import { parseRunFilter, type RunFilter, runKinds, verdictWords } from '../../runs/index.ts';
import {
  asUsage,
  choiceOf,
  idOf,
  type OptionSpecs,
  type ParsedArguments,
  repeatOptions,
  usageError,
  wholeNumber,
} from '../arguments.ts';
import { type Command, type ExitCode, exitCodes } from '../command.ts';
import { writeOutput } from '../terminal.ts';
import { filterNames, filterOptions, readFilter, withDatabase } from './options.ts';

/** Conditions that only runs have; beside them the others mean runs too. */
const runOptions: OptionSpecs = {
  runs: { type: 'boolean', help: 'filters mean runs: --actor, --source, --verdict, --since, --until' },
  flagged: { type: 'boolean', help: 'runs with flags' },
  spider: { type: 'string', multiple: true, value: 'NAME', help: 'runs of this spider' },
  kind: {
    type: 'string',
    multiple: true,
    value: 'WORD',
    help: `runs of this kind: ${runKinds.join(', ')}`,
  },
};

const repeatedNames = [...filterNames, ...Object.keys(runOptions), 'limit'];

const formats = ['csv', 'jsonl'] as const;

/** The forms of the command, each loaded when it is asked for. */
const forms = {
  runs: () => import('./review/runs.ts'),
  run: () => import('./review/show-run.ts'),
  changes: () => import('./review/changes.ts'),
  change: () => import('./review/show-change.ts'),
  check: () => import('./review/runs.ts'),
  export: () => import('./review/export-list.ts'),
  judge: () => import('./review/judge.ts'),
};

/** `hotspots review`: runs, one run, one change, or the changes that match a filter; and verdicts on them. */
export const review: Command = {
  usage: '[RUN | show CHANGE | good|bad|clear RUN | FILTERS]',
  options: {
    ...filterOptions,
    ...runOptions,
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
    check: {
      type: 'boolean',
      help: 'exit code 3 while flagged runs wait, 0 and no word otherwise; for cron',
    },
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
    ['npm run review -- --runs --source=chi-libraries --verdict=bad', 'Its runs that were judged bad'],
  ],
  run: async (given) => {
    const format = choiceOf('review', '--format', given.text('format'), formats);
    const [word, ...others] = given.positionals;
    const verdict = verdictWords.find((each) => each === word);
    if (verdict !== undefined) return (await forms.judge()).judge(verdict, others[0], given);
    const limit = wholeNumber('review', '--limit', given.text('limit'), { min: 1, max: 10_000 }) ?? 50;
    const before = idOf('review', '--before', given.text('before'));
    const page = { limit, ...(before !== undefined && { before }) };
    const json = given.flag('json');
    if (word === 'show') {
      const id = idOf('review', 'CHANGE', others[0]);
      if (id === undefined)
        throw usageError('review', 'show needs the number of a change: review show 4711.');
      return print(async ({ sequelize }) => (await forms.change()).showChange(sequelize, id, json));
    }
    if (others.length > 0) throw usageError('review', `${JSON.stringify(others[0])} is one word too many.`);
    const filter = readFilter('review', given);
    if (word !== undefined && (filter !== null || format !== undefined)) {
      throw usageError(
        'review',
        `A run, and filters or formats, exclude each other. For the changes of a run: --run=${word}.`,
      );
    }
    const runId = idOf('review', 'RUN', word);
    if (runId !== undefined)
      return print(async ({ sequelize }) => (await forms.run()).showRun(sequelize, runId, json));
    const repeated = repeatOptions(given, repeatedNames);
    const meansRuns =
      given.flag('check') || Object.keys(runOptions).some((name) => given.flag(name) || given.text(name));
    if (filter !== null && !meansRuns) {
      if (format !== undefined) return (await forms.export()).exportChanges(filter, format);
      return print(async ({ sequelize }) =>
        (await forms.changes()).listChanges(sequelize, filter, page, { json, repeated }),
      );
    }
    const runFilter = readRunFilter(given);
    if (given.flag('check')) return (await forms.check()).checkRuns(runFilter, json);
    if (format !== undefined) return (await forms.export()).exportRuns(runFilter, format);
    return print(async ({ sequelize }) =>
      (await forms.runs()).showRuns(sequelize, runFilter, page, { json, repeated }),
    );
  },
};

type Show = Parameters<typeof withDatabase<string>>[0];

async function print(show: Show): Promise<ExitCode> {
  await writeOutput(await withDatabase(show));
  return exitCodes.done;
}

function readRunFilter(given: ParsedArguments): RunFilter {
  const words = [...filterNames, 'spider', 'kind'].flatMap((name) =>
    given.texts(name).map((value) => [name, value] as const),
  );
  const flagged = given.flag('flagged') ? [['flagged', '1'] as const] : [];
  return asUsage('review', () => parseRunFilter([...words, ...flagged], (word) => `--${word}`));
}
