import type { Sequelize } from 'sequelize';
import { auditlog } from '../../../audit/auditlog.ts';
import {
  findLogEntries,
  type LogEntryFilter,
  type LogEntryRow,
} from '../../../audit/reading/find-log-entries.ts';
import { nearestWord } from '../arguments/nearest-word.ts';
import { cutToWidth } from '../terminal/display-width.ts';
import { safeText } from '../terminal/safe-text.ts';
import { showTime } from '../terminal/show-time.ts';
import { showValue } from '../terminal/show-value.ts';
import { style } from '../terminal/style.ts';
import { terminalWidth } from '../terminal/terminal-width.ts';
import { textTable } from '../terminal/text-table.ts';

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
  page: { limit: number; before?: string },
  { json, repeated }: { json: boolean; repeated: string },
): Promise<string> {
  const wanted = { ...filter, model: modelName(filter.model) };
  const { entries, next } = await findLogEntries(sequelize, wanted, page);
  if (json) return JSON.stringify({ entries, next });
  if (entries.length === 0) return `No change matches.${misspelt(wanted)}`;
  const width = terminalWidth();
  return [
    ...entries.map((entry) => showEntry(entry, filter.field, width)),
    ...(next === null ? [] : [style('dim', `Older: npm run review --${repeated} --before=${next}`)]),
  ].join('\n\n');
}

function showEntry(entry: LogEntryRow, field: string | undefined, width: number): string {
  const fields = Object.entries(entry.changes)
    .flatMap(([name, change]) => (Array.isArray(change) ? [[name, change] as const] : []))
    .filter(([name]) => field === undefined || name === field)
    .sort(([, [, a]], [, [, b]]) => Number(saysLittle(a)) - Number(saysLittle(b)));
  const run = entry.runId === null ? '' : `  run ${entry.runId}`;
  const title = `${entry.action} ${entry.model} ${entry.objectId}  ${entry.objectLabel}`;
  const origin = `#${entry.id}  ${showTime(entry.timestamp)}  ${entry.actorEmail}${run}`;
  const rows = fields.slice(0, maxFields).map(([name, [old, now]]) => [name, difference(entry, old, now)]);
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
function saysLittle(value: unknown): boolean {
  return value === false || (Array.isArray(value) && value.length === 0);
}

function difference({ action }: LogEntryRow, old: unknown, now: unknown): string {
  if (action === 'create') return showValue(now);
  return action === 'delete' ? `was ${showValue(old)}` : `${showValue(old)} → ${showValue(now)}`;
}

/** A model's name however it is capitalised; other text as it is, for models that are no longer registered. */
function modelName(given: string | undefined): string | undefined {
  const known = auditlog.registrations().map(({ modelName: name }) => name);
  return known.find((name) => name.toLowerCase() === given?.toLowerCase()) ?? given;
}

/** An empty answer to a misspelt name must not pass for "nothing happened". */
function misspelt({ model, field }: LogEntryFilter): string {
  const registrations = auditlog.registrations();
  const models = registrations.map((registration) => registration.modelName);
  const fields = [...new Set(registrations.flatMap(({ attributes }) => [...attributes]))];
  return hint('model', model, models) + hint('field', field, fields);
}

function hint(what: string, given: string | undefined, known: readonly string[]): string {
  if (given === undefined || known.includes(given)) return '';
  const nearest = nearestWord(given, known);
  return ` No ${what} is called ${safeText(given)}${nearest === null ? '' : `; did you mean ${nearest}?`}`;
}
