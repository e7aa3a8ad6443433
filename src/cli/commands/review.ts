import { logActions } from '../../audit/log-action.ts';
import { filterFromFlags } from '../../audit/reading/filter-from-flags.ts';
import { actorTypes, type LogEntryFilter } from '../../audit/reading/log-entry-filter.ts';
import { HotspotsError } from '../../errors.ts';
import { choice } from './arguments/choice.ts';
import { type ParsedArguments, usageError } from './arguments/parse-arguments.ts';
import { wholeNumber } from './arguments/whole-number.ts';
import { type Command, exitCodes } from './command.ts';
import { listChanges } from './review/list-changes.ts';
import { listRuns } from './review/list-runs.ts';
import { showRun } from './review/show-run.ts';
import { writeOutput } from './terminal/write-output.ts';
import { withDatabase } from './with-database.ts';

const filterOptions = {
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
  q: { value: 'TEXT', help: 'changes with this text in an old or new value' },
} as const;

const filterNames = Object.keys(filterOptions);

/** `hotspots review`: runs, one run, or the changes that match a filter. */
export const review: Command = {
  name: 'review',
  summary: 'Shows what runs and people changed: who, when, old and new value, from which page',
  usage: '[RUN | FILTERS]',
  options: {
    // Given twice, an option means either; a "-" in front of a value means all but that.
    ...Object.fromEntries(
      Object.entries(filterOptions).map(([name, option]) => [
        name,
        { type: 'string', multiple: true, ...option } as const,
      ]),
    ),
    limit: { type: 'string', value: 'N', help: 'at most N lines of runs or changes; 50 if not given' },
    before: {
      type: 'string',
      value: 'ID',
      help: 'the next page: only what is older than this run or change',
    },
    json: { type: 'boolean', help: 'one JSON object on stdout' },
  },
  positionals: 1,
  examples: [
    ['npm run review', 'Runs, the newest first'],
    ['npm run review -- 12', 'What run 12 changed, field by field'],
    [
      'npm run review -- --actor=scraper@vibemap.com --since=7d --field=name',
      'Names that spiders changed in the last seven days',
    ],
    [
      'npm run review -- --model=Event --field=-description',
      'Changes of events that leave the description alone',
    ],
  ],
  run: async (given) => {
    const json = given.flag('json');
    const limit = wholeNumber('review', '--limit', given.text('limit'), { min: 1, max: 10_000 }) ?? 50;
    const before = idOf('--before', given.text('before'));
    const page = { limit, ...(before !== undefined && { before }) };
    const filter = readFilter(given);
    const filtered = filterNames.some((option) => given.text(option) !== undefined);
    const [word] = given.positionals;
    if (word !== undefined && filtered) {
      throw usageError(
        'review',
        `A run and filters exclude each other. To filter a run's changes: --run=${word}.`,
      );
    }
    const runId = idOf('RUN', word);
    const text = await withDatabase(({ sequelize }) => {
      if (runId !== undefined) return showRun(sequelize, runId, json);
      if (filtered) return listChanges(sequelize, filter, page, { json, repeated: repeatedOptions(given) });
      return listRuns(page, json);
    });
    await writeOutput(text);
    return exitCodes.done;
  },
};

function readFilter(given: ParsedArguments): LogEntryFilter {
  for (const action of given.texts('action'))
    choice('review', '--action', action.replace(/^-/, ''), logActions);
  try {
    return filterFromFlags(Object.fromEntries(filterNames.map((name) => [name, given.texts(name)])));
  } catch (error) {
    throw error instanceof HotspotsError && error.code === 'USAGE'
      ? usageError('review', error.message)
      : error;
  }
}

function idOf(option: string, text: string | undefined): string | undefined {
  if (text === undefined || /^[1-9]\d{0,17}$/.test(text)) return text;
  throw usageError('review', `${option} must be a number such as 12; given: ${JSON.stringify(text)}.`);
}

/** The options to give again for the next page, quoted for a shell. */
function repeatedOptions(given: ParsedArguments): string {
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
