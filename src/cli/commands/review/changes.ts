import type { Sequelize } from 'sequelize';
import { auditlog } from '../../../audit/index.ts';
import {
  collectForeignKeys,
  type EntryTableRow,
  entryTable,
  findLogEntries,
  type LogEntryFilter,
  type LogEntryRow,
  loadLabels,
  type OneOrMore,
  type PageOptions,
  type RenderOptions,
  renderEntryLine,
  valuesOf,
} from '../../../audit/read/index.ts';
import { readingContext } from '../../../runs/index.ts';
import { nearestWord } from '../../arguments.ts';
import { cutToWidth, safeText, showTime, style, terminalWidth } from '../../terminal.ts';
import { textTable } from '../../text-table.ts';
import { withKnownModels } from '../options.ts';

/** A created record has a score of fields; the list stays a list. */
const maxFields = 8;

/**
 * Changes that match a filter, newest first, as text or as `{entries, next}`.
 *
 * @param repeated the options of this call, for the command that shows the next page
 */
export async function listChanges(
  sequelize: Sequelize,
  filter: LogEntryFilter,
  page: PageOptions,
  { json, repeated }: { json: boolean; repeated: string },
): Promise<string> {
  const wanted = withKnownModels(filter);
  const { entries, next } = await findAny(sequelize, wanted, page);
  if (json) return JSON.stringify({ entries, next });
  if (entries.length === 0) return `No change matches.${misspelt(wanted)}`;
  const width = terminalWidth();
  const options: RenderOptions = { limit: -1, labelOf: await loadLabels(collectForeignKeys(entries)) };
  return [
    ...entries.map((entry) => showEntry(entry, valuesOf(filter.field), options, width)),
    ...(next === null ? [] : [style('dim', `Older: npm run review --${repeated} --before=${next}`)]),
  ].join('\n\n');
}

/** One page, after as many empty ones as a rare change is away. */
async function findAny(sequelize: Sequelize, filter: LogEntryFilter, page: PageOptions) {
  let found = await findLogEntries(sequelize, filter, page, readingContext());
  while (found.entries.length === 0 && found.next !== null) {
    found = await findLogEntries(sequelize, filter, { ...page, before: found.next }, readingContext());
  }
  return found;
}

function showEntry(
  entry: LogEntryRow,
  wantedFields: readonly string[],
  options: RenderOptions,
  width: number,
): string {
  const fields = entryTable(entry, options)
    .filter(({ field }) => wantedFields.length === 0 || wantedFields.includes(field))
    .sort((a, b) => Number(saysLittle(entry, a)) - Number(saysLittle(entry, b)));
  const run = entry.runId === null ? '' : `  run ${entry.runId}`;
  const title = `${entry.action} ${entry.model} ${entry.objectId}  ${entry.objectLabel}`;
  const origin = `#${entry.id}  ${showTime(entry.timestamp)}  ${entry.actorEmail}${run}`;
  const rows = fields.slice(0, maxFields).map((row) => [row.field, difference(entry, row)]);
  const more = fields.length - rows.length;
  return [
    style('bold', cutToWidth(safeText(title), width)),
    `  ${cutToWidth(safeText(origin), width - 2)}`,
    ...(entry.sourceUrl === null ? [] : [`  ${cutToWidth(safeText(entry.sourceUrl), width - 2)}`]),
    ...textTable([{ title: '' }, { title: '', flexible: true }], rows, width - 4)
      .split('\n')
      .map((line) => `    ${line}`),
    ...(more > 0 ? [`    and ${more} more ${more === 1 ? 'field' : 'fields'}; --json shows all`] : []),
  ].join('\n');
}

/** What most records have, and what is therefore the first to be left out. */
function saysLittle({ changes }: LogEntryRow, { field }: EntryTableRow): boolean {
  const change = changes[field];
  const now = Array.isArray(change) ? change[1] : null;
  return now === false || (Array.isArray(now) && now.length === 0);
}

function difference({ action }: LogEntryRow, row: EntryTableRow): string {
  if (row.kind === 'unreadable') return row.text;
  if (row.kind === 'm2m') return `${row.operation === 'add' ? 'added' : 'removed'} ${row.objects.join(', ')}`;
  if (action === 'create') return row.new;
  return action === 'delete' ? `was ${row.old}` : `${row.old} → ${row.new}`;
}

/** An empty answer to a misspelt name must not pass for "nothing happened". */
function misspelt({ model, field }: LogEntryFilter): string {
  const registrations = auditlog.registrations();
  const models = registrations.map((registration) => registration.modelName);
  const fields = [...new Set(registrations.flatMap(({ attributes }) => [...attributes]))];
  return hint('model', model, models) + hint('field', field, fields);
}

function hint(what: string, given: OneOrMore<string> | undefined, known: readonly string[]): string {
  const unknown = valuesOf(given).find((name) => !known.includes(name));
  if (unknown === undefined) return '';
  const nearest = nearestWord(unknown, known);
  return ` No ${what} is called ${safeText(unknown)}${nearest === null ? '' : `; did you mean ${nearest}?`}`;
}

/** An entry of a history on one line. */
export function historyLine(entry: LogEntryRow): string {
  const origin = `#${entry.id}  ${showTime(entry.timestamp)}  ${entry.actorEmail}  ${entry.action}`;
  return safeText(`${origin}  ${renderEntryLine(entry, { limit: 60 })}`);
}
