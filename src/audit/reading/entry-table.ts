import { auditlog } from '../auditlog.ts';
import { cutText } from './cut-text.ts';
import type { FieldChange } from './field-change.ts';
import { readChanges } from './field-change.ts';
import { describeField } from './field-description.ts';
import { jsonText } from './json-text.ts';
import type { LogEntryRow } from './log-entry-row.ts';
import type { RenderOptions } from './render-options.ts';
import { renderValue } from './render-value.ts';
import { type WordToken, wordDifference } from './word-difference.ts';

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
  const cut = (text: string) => cutText(text, options.limit);
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
