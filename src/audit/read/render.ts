import { diffWordsWithSpace } from 'diff';
import { abbreviate } from '../../text.ts';
import { auditlog } from '../record/auditlog.ts';
import type { Registration } from '../registration.ts';
import type { JsonValue } from '../values.ts';
import { describeField, type FieldChange, type FieldDescription, jsonText, readChanges } from './fields.ts';
import type { LogEntryRow } from './search.ts';

export interface RenderOptions {
  /** Of which models fields are known. Default: all registered ones. */
  registrations?: readonly Registration[] | undefined;
  /** At how many characters a value is cut; 0 leaves nothing, a negative number everything. Default: 140. */
  limit?: number | undefined;
  /** IANA zone in which times are shown. Default: this machine's. */
  timeZone?: string | undefined;
  /**
   * The label of the record that a foreign key points to: null when there is no such record, undefined when
   * it was not looked up. See `loadLabels`.
   */
  labelOf?: ((model: string, id: string) => string | null | undefined) | undefined;
  /** What a value of a field is called, as "Cancelled" for "EventCancelled"; undefined leaves it as it is. */
  valueName?: ((model: string, field: string, value: JsonValue) => string | undefined) | undefined;
}

/** A value as a person reads it, in full. Takes any JSON for any field. */
export function renderValue(
  value: JsonValue,
  { model, field, description }: { model: string; field: string; description: FieldDescription },
  options: RenderOptions,
): string {
  const shown = (inner: JsonValue): string => {
    const named = options.valueName?.(model, field, inner);
    if (named !== undefined) return named;
    if (inner === null) return '(empty)';
    if (description.kind === 'foreignKey' && description.target !== null && typeof inner !== 'object') {
      return renderForeignKey(description.target, String(inner), options);
    }
    if (typeof inner === 'boolean') return inner ? 'yes' : 'no';
    if (typeof inner !== 'string') return jsonText(inner);
    if (inner === '') return '(empty text)';
    return description.kind === 'time' ? renderTime(inner, options.timeZone) : inner;
  };
  if (!Array.isArray(value)) return shown(value);
  return value.length === 0 ? '(empty list)' : value.map(shown).join(', ');
}

function renderForeignKey(target: string, id: string, { labelOf }: RenderOptions): string {
  const label = labelOf?.(target, id);
  if (label === undefined) return id;
  return label === null ? `Deleted '${target}' (${id})` : `${label} (${id})`;
}

/** As "2027-03-01 18:00 -06:00": with the offset, or the hour that is there twice would look the same. */
function renderTime(text: string, timeZone = Temporal.Now.timeZoneId()): string {
  const instant = instantOf(text);
  if (instant === null) return text;
  const local = instant.toZonedDateTimeISO(timeZone);
  const time = local.toPlainTime();
  const precise = time.second !== 0 || time.millisecond !== 0;
  return `${local.toPlainDate()} ${precise ? time : time.toString({ smallestUnit: 'minute' })} ${local.offset}`;
}

/** Null for what is no time, such as "Infinity". */
function instantOf(text: string): Temporal.Instant | null {
  try {
    return Temporal.Instant.from(text);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

export interface WordToken {
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
}

/** Scraped text may be of any length; beyond this the difference is of no use to a reader either. */
const maxLength = 20_000;

/**
 * Which words differ between two texts: the tokens that are the same or removed make up the old text, those
 * that are the same or added the new one. Of texts that are too long or too different, all is removed and
 * all is added.
 */
export function wordDifference(old: string, now: string): WordToken[] {
  const changes =
    old.length + now.length > maxLength
      ? undefined
      : diffWordsWithSpace(old, now, { timeout: 100, maxEditLength: 2000 });
  if (changes === undefined) {
    return [
      { kind: 'removed', text: old },
      { kind: 'added', text: now },
    ];
  }
  return changes.map(({ value, added, removed }) => ({
    kind: added ? 'added' : removed ? 'removed' : 'same',
    text: value,
  }));
}

/** One line of an entry's table. All texts are plain: whoever makes HTML of them escapes them. */
export type EntryTableRow =
  | {
      readonly kind: 'value';
      readonly field: string;
      readonly name: string;
      readonly old: string;
      readonly new: string;
      /** For long text, uncut: which words differ. */
      readonly difference: readonly WordToken[] | null;
    }
  | {
      readonly kind: 'm2m';
      readonly field: string;
      readonly name: string;
      readonly operation: 'add' | 'delete';
      readonly objects: readonly string[];
    }
  | { readonly kind: 'unreadable'; readonly field: string; readonly name: string; readonly text: string };

/** What rendering needs of an entry. */
export type RenderedEntry = Pick<LogEntryRow, 'model'> & { readonly changes: unknown };

/** Text from this length on is shown word by word. */
const longText = 40;

/** An entry as a table: fields first, many-to-many after them, each sorted by field name. Never throws. */
export function entryTable(entry: RenderedEntry, options: RenderOptions = {}): EntryTableRow[] {
  const rows = readChanges(entry.changes).map((change) => tableRow(entry.model, change, options));
  return [...rows.filter(({ kind }) => kind !== 'm2m'), ...rows.filter(({ kind }) => kind === 'm2m')];
}

function tableRow(model: string, change: FieldChange, options: RenderOptions): EntryTableRow {
  const { field } = change;
  const registrations = options.registrations ?? auditlog.registrations();
  const registration = registrations.find(({ modelName }) => modelName === model);
  const description = describeField(registration, field);
  const { name } = description;
  const cut = (text: string) => abbreviate(text, options.limit);
  switch (change.kind) {
    case 'm2m':
      return { kind: 'm2m', field, name, operation: change.operation, objects: change.objects.map(cut) };
    case 'unreadable':
      return { kind: 'unreadable', field, name, text: cut(jsonText(change.value)) };
    case 'value': {
      const render = (value: FieldChange & { kind: 'value' }, side: 'old' | 'new') =>
        cut(renderValue(value[side], { model, field, description }, options));
      return {
        kind: 'value',
        field,
        name,
        old: render(change, 'old'),
        new: render(change, 'new'),
        difference: description.kind === 'other' ? longTextDifference(change.old, change.new) : null,
      };
    }
  }
}

function longTextDifference(old: unknown, now: unknown): WordToken[] | null {
  if (typeof old !== 'string' || typeof now !== 'string' || old === '' || now === '') return null;
  return Math.max(old.length, now.length) < longText ? null : wordDifference(old, now);
}

/** An entry as one line: "field: old → new; other: old → new", sorted by field name. Never throws. */
export function renderEntryLine(entry: RenderedEntry, options: RenderOptions = {}): string {
  return entryTable(entry, options)
    .sort((a, b) => (a.field < b.field ? -1 : 1))
    .map((row) => `${row.name}: ${rowText(row)}`)
    .join('; ')
    .replace(/\r\n|[\n\r\u2028\u2029]/g, '↵');
}

function rowText(row: EntryTableRow): string {
  switch (row.kind) {
    case 'value':
      return `${row.old} → ${row.new}`;
    case 'm2m':
      return `${row.operation === 'add' ? 'added' : 'removed'} ${row.objects.join(', ')}`;
    case 'unreadable':
      return row.text;
  }
}
