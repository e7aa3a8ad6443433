import { HotspotsError } from '../../errors.ts';
import { logActions } from '../log-entry.ts';
import {
  type ActorType,
  type EntryConditions,
  type LogEntryFilter,
  type OneOrMore,
  type ReadingContext,
  valuesOf,
} from './filter.ts';

/**
 * The filter, its sources resolved, as one condition of SQL over a row of `log_entries`.
 *
 * @param value puts a value among the bound ones and gives its placeholder
 * @throws HotspotsError AUDIT_QUERY_INVALID when the filter needs what the context does not give
 */
export function entryConditions(
  filter: LogEntryFilter,
  context: ReadingContext,
  value: (bound: unknown) => string,
): string {
  const excluded = conditionsOf(filter.not ?? {}, context, value);
  const all = [
    ...conditionsOf(filter, context, value),
    // A run or correlation id that is missing is not the excluded one.
    ...excluded.map((condition) => `NOT coalesce(${condition}, false)`),
    ...(filter.since === undefined ? [] : [`timestamp >= ${value(filter.since)}`]),
    ...(filter.until === undefined ? [] : [`timestamp < ${value(filter.until)}`]),
  ];
  return all.length === 0 ? 'true' : all.map((condition) => `(${condition})`).join(' AND ');
}

function conditionsOf(
  given: EntryConditions,
  context: ReadingContext,
  value: (bound: unknown) => string,
): string[] {
  const found: string[] = [];
  const add = (condition: unknown, sql: () => string) => {
    if (condition !== undefined) found.push(sql());
  };
  const texts = (column: string, values: readonly string[]) =>
    `${column} = ANY(${value([...values])}::text[])`;
  add(given.actor, () =>
    texts(
      'actor_email',
      valuesOf(given.actor).map((email) => email.toLowerCase()),
    ),
  );
  add(given.actorType, () =>
    anyOf(valuesOf(given.actorType).map((type) => actorTypeCondition(type, context, value))),
  );
  add(given.model, () => texts('model', valuesOf(given.model)));
  add(given.objectId, () => texts('object_id', valuesOf(given.objectId)));
  add(given.field, () => `changes ?| ${value([...valuesOf(given.field)])}::text[]`);
  add(given.action, () => {
    const numbers = valuesOf(given.action).map((action) => logActions.indexOf(action));
    return `action = ANY(${value(numbers)}::smallint[])`;
  });
  add(given.run, () => `run_id = ANY(${value([...valuesOf(given.run)])}::bigint[])`);
  add(given.correlationId, () => texts('correlation_id', valuesOf(given.correlationId)));
  add(given.verdict, () => {
    const { verdictSql } = context;
    if (verdictSql === undefined) throw noVerdicts();
    const verdict = verdictSql({ id: 'entry.id', runId: 'entry.run_id' });
    return `coalesce(${verdict}, 'none') = ANY(${value([...valuesOf(given.verdict)])}::text[])`;
  });
  add(given.contains, () => anyOf(valuesOf(given.contains).map((text) => containsCondition(value(text)))));
  return found;
}

/** `database:<role>` is the author of what triggers record without an actor context. */
const fromDatabase = "actor_email LIKE 'database:%'";

function actorTypeCondition(
  type: ActorType,
  { actorEmails }: ReadingContext,
  value: (bound: unknown) => string,
): string {
  if (type === 'database') return fromDatabase;
  if (actorEmails === undefined) throw noEmails();
  if (type !== 'user') return `actor_email = ${value(actorEmails[type].toLowerCase())}`;
  const automated = Object.values(actorEmails).map((email) => email.toLowerCase());
  return `actor_email <> ALL(${value(automated)}::text[]) AND NOT ${fromDatabase}`;
}

/** Looks into the values only: the names of fields and the words that mark a relation are no values. */
function containsCondition(text: string): string {
  return `EXISTS (
    SELECT FROM jsonb_each(changes) field,
      jsonb_path_query(
        CASE jsonb_typeof(field.value) WHEN 'object' THEN field.value -> 'objects' ELSE field.value END,
        '$.**'
      ) inner_value
    WHERE jsonb_typeof(inner_value) IN ('string', 'number')
      AND position(lower(${text}) IN lower(inner_value #>> '{}')) > 0)`;
}

function anyOf(conditions: readonly string[]): string {
  return conditions.length === 0 ? 'false' : conditions.map((condition) => `(${condition})`).join(' OR ');
}

function noEmails(): HotspotsError {
  return new HotspotsError(
    'AUDIT_QUERY_INVALID',
    'The filter asks for "actorType", which needs "actorEmails" in the reading context. Give them.',
  );
}

function noVerdicts(): HotspotsError {
  return new HotspotsError(
    'AUDIT_QUERY_INVALID',
    'The filter asks for "verdict", which needs "verdictSql" in the reading context. Give it.',
  );
}

/**
 * The filter with runs in place of sources: entries know their run, not its source.
 *
 * @throws HotspotsError AUDIT_QUERY_INVALID when a source is asked for without `runsOfSource`
 */
export async function resolveSources(
  filter: LogEntryFilter,
  { runsOfSource }: ReadingContext,
): Promise<LogEntryFilter> {
  const runsOf = async (source: OneOrMore<string>): Promise<string[]> => {
    if (runsOfSource === undefined) {
      throw new HotspotsError(
        'AUDIT_QUERY_INVALID',
        'The filter asks for "source", which needs "runsOfSource" in the reading context. Give it.',
      );
    }
    return (await Promise.all(valuesOf(source).map(runsOfSource))).flat();
  };
  const { source, ...resolved } = filter;
  if (source !== undefined) {
    const runs = await runsOf(source);
    const named = filter.run === undefined ? undefined : valuesOf(filter.run);
    resolved.run = named === undefined ? runs : runs.filter((run) => named.includes(run));
  }
  if (filter.not?.source === undefined) return resolved;
  const { source: excluded, ...not }: EntryConditions = filter.not;
  return { ...resolved, not: { ...not, run: [...valuesOf(not.run), ...(await runsOf(excluded ?? []))] } };
}
