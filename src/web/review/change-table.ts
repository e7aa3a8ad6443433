import type { JsonValue } from '../../audit/index.ts';
import {
  type EntryTableRow,
  entryTable,
  type FieldAuthor,
  fieldKey,
  type LogEntryRow,
  type RenderOptions,
} from '../../audit/read/index.ts';
import { fieldChange, value, wordDifference } from '../field-values.ts';
import { type Html, html } from '../html.ts';

export interface ChangeTable {
  entry: LogEntryRow;
  options: RenderOptions;
  /** Fields that hold something else by now, and what. */
  since: ReadonlyMap<string, JsonValue>;
  /** Who wrote those, by `fieldKey`. */
  authors: ReadonlyMap<string, FieldAuthor>;
  /** Whether the record was deleted after this change. */
  isGone: boolean;
  /** Fields that can be ticked to be undone. */
  undoable: ReadonlySet<string>;
}

/** What a change wrote, field by field, and what became of it. */
export function changeTable({ entry, options, since, authors, isGone, undoable }: ChangeTable): Html {
  const uncut = { ...options, limit: -1 };
  const now = entryTable({ model: entry.model, changes: fromNothing(since) }, uncut);
  const becameOf = (field: string): Html => {
    if (isGone) return html`<span class="faint">the record was deleted</span>`;
    if (!since.has(field)) return html`<span class="faint">unchanged</span>`;
    const shown = now.find((row) => row.field === field);
    const author = authors.get(fieldKey({ ...entry, field }))?.actorEmail;
    return html`${value(shown?.kind === 'value' ? shown.new : '', 'plain')} <span class="faint">by ${author ?? 'nobody that the log knows'}</span>`;
  };
  const hasBoxes = undoable.size > 0;
  return html`<table>
    <caption class="hidden">Fields that this change wrote</caption>
    <thead><tr>
      ${hasBoxes ? html`<th scope="col">Undo</th>` : ''}
      <th scope="col">Field</th><th scope="col">Was</th><th scope="col">Now</th><th scope="col">Since then</th>
    </tr></thead>
    <tbody>${entryTable(entry, uncut).map(
      (row) => html`<tr>
      ${hasBoxes ? html`<td>${undoable.has(row.field) ? checkbox(row) : ''}</td>` : ''}
      <th scope="row" class="word">${row.name}</th>
      ${wasAndNow(row, entry.action)}
      <td data-label="Since then">${becameOf(row.field)}</td>
    </tr>`,
    )}</tbody>
  </table>`;
}

function fromNothing(values: ReadonlyMap<string, JsonValue>): Record<string, [null, JsonValue]> {
  return Object.fromEntries([...values].map(([field, now]) => [field, [null, now]]));
}

function checkbox({ field, name }: EntryTableRow): Html {
  return html`<input type="checkbox" name="fields" value="${field}" aria-label="Undo ${name}" />`;
}

function wasAndNow(row: EntryTableRow, action: string): Html {
  const difference = wordDifference(row);
  if (difference !== null) return html`<td colspan="2" data-label="Difference">${difference}</td>`;
  if (row.kind !== 'value') return html`<td colspan="2">${fieldChange(row, action)}</td>`;
  return html`<td data-label="Was">${value(row.old, 'was')}</td><td data-label="Now">${value(row.new, 'now')}</td>`;
}
