import { auditlog, logActions } from '../../audit/index.ts';
import {
  actorTypes,
  entryVerdicts,
  filterFromFlags,
  type LogEntryFilter,
  type OneOrMore,
  parseMoment,
  valuesOf,
} from '../../audit/read/index.ts';
import { type Database, openDatabase } from '../../database/open-database.ts';
import { bindModels } from '../../models.ts';
import type { FieldRecordsFilter, IdPage } from '../../write-policy/index.ts';
import {
  asUsage,
  choiceOf,
  idOf,
  type OptionSpecs,
  type ParsedArguments,
  usageError,
  wholeNumber,
} from '../arguments.ts';

/** The options of lists of holds and suggestions. */
export const fieldRecordsOptions: OptionSpecs = {
  source: { type: 'string', value: 'NAME', help: 'of this source' },
  model: { type: 'string', value: 'NAME', help: 'of Place or Event records' },
  object: { type: 'string', value: 'ID', help: 'of one record; with --model' },
  field: { type: 'string', value: 'NAME', help: 'of this field' },
  limit: { type: 'string', value: 'N', help: 'at most N lines; 50 if not given' },
  before: { type: 'string', value: 'ID', help: 'the next page: only what is older than this one' },
  as: {
    type: 'string',
    value: 'EMAIL',
    help: 'who decides; HOTSPOTS_USER, or the system user, if not given',
  },
  json: { type: 'boolean', help: 'one JSON object on stdout' },
};

/** @throws HotspotsError USAGE */
export function readFieldRecordsOptions(
  command: string,
  given: ParsedArguments,
): { filter: FieldRecordsFilter; page: IdPage } {
  return {
    filter: {
      source: given.text('source'),
      model: given.text('model'),
      objectId: given.text('object'),
      field: given.text('field'),
    },
    page: {
      limit: wholeNumber(command, '--limit', given.text('limit'), { min: 1, max: 10_000 }) ?? 50,
      before: idOf(command, '--before', given.text('before')),
    },
  };
}

const conditions = {
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
  verdict: { value: 'WORD', help: `changes that are ${entryVerdicts.join(', ')}` },
  q: { value: 'TEXT', help: 'changes with this text in an old or new value' },
} as const;

export const filterNames = Object.keys(conditions);

/**
 * Conditions on changes, by their words as options. Given twice, an option means either; a "-" in front of a value
 * means all but that.
 */
export const filterOptions: OptionSpecs = Object.fromEntries(
  Object.entries(conditions).map(([name, option]) => [
    name,
    { type: 'string', multiple: true, ...option } as const,
  ]),
);

/**
 * The filter of changes that options ask for; null when none of them was given.
 *
 * @throws HotspotsError USAGE
 */
export function readFilter(command: string, given: ParsedArguments): LogEntryFilter | null {
  if (!filterNames.some((name) => given.text(name) !== undefined)) return null;
  for (const action of given.texts('action'))
    choiceOf(command, '--action', action.replace(/^-/, ''), logActions);
  return asUsage(command, () =>
    filterFromFlags(Object.fromEntries(filterNames.map((name) => [name, given.texts(name)]))),
  );
}

/** The name of a registered model however it is capitalised; other text as it is. */
export function knownModel(name: string): string {
  const known = auditlog.registrations().map(({ modelName }) => modelName);
  return known.find((each) => each.toLowerCase() === name.toLowerCase()) ?? name;
}

/** Opens the database with its models for the length of `use`, and closes it however that ends. */
export async function withDatabase<T>(use: (database: Database) => Promise<T>): Promise<T> {
  await using database = await openDatabase();
  await bindModels(database);
  return await use(database);
}

/**
 * A filter with the names of models as the log has them, however they are capitalised. Other names stay as they
 * are, for models that are no longer registered.
 */
export function withKnownModels(filter: LogEntryFilter): LogEntryFilter {
  return {
    ...filter,
    ...(filter.model !== undefined && { model: knownNames(filter.model) }),
    ...(filter.not?.model !== undefined && { not: { ...filter.not, model: knownNames(filter.not.model) } }),
  };
}

function knownNames(given: OneOrMore<string>): OneOrMore<string> {
  const names = valuesOf(given).map(knownModel);
  const [first, ...others] = names;
  return first !== undefined && others.length === 0 ? first : names;
}

/**
 * A moment from an option's text, as `parseMoment` reads it; undefined when the option was not given.
 * @throws HotspotsError USAGE when it is neither a span nor a date
 */
export function momentOption(
  command: string,
  option: string,
  text: string | undefined,
  now: Temporal.Instant = Temporal.Now.instant(),
): Date | undefined {
  if (text === undefined) return undefined;
  const parsed = parseMoment(text, { now });
  if (parsed !== null) return parsed;
  throw usageError(
    command,
    `${option} must be a span such as 30m, 12h, 7d or 2w, or a date such as 2027-03-01 or 2027-03-01T18:00Z; ` +
      `given: ${JSON.stringify(text)}.`,
  );
}
