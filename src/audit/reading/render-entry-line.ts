import { type EntryTableRow, entryTable, type RenderedEntry } from './entry-table.ts';
import type { RenderOptions } from './render-options.ts';

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
