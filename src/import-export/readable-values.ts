import { normaliseCountry } from '../normalise/country.ts';
import { fieldsOf } from '../records/index.ts';
import { accepts } from '../records/reading/index.ts';
import { definitionOf, type ExportedValues, type ExportKind, exportedAlong } from './exported-record.ts';
import { cellData, cellValue, isSaid } from './row-to-thing.ts';

/** A value that cannot be read. */
export interface UnreadValue {
  line: number;
  field: string;
  value: string;
}

/**
 * The values of a row without those that cannot be read, or that are too long, and these. What is left out stays as it
 * is. What a crawl leaves out of a page or cuts without a word, a person must be told.
 */
export function readableValues(
  kind: ExportKind,
  line: number,
  values: ExportedValues,
  country: string | null,
): { values: ExportedValues; unread: UnreadValue[] } {
  const own = typeof values.addressCountry === 'string' ? normaliseCountry(values.addressCountry) : null;
  const fields = new Map(fieldsOf(definitionOf(kind)));
  const alongside = exportedAlong(kind);
  const unread = Object.entries(values).flatMap(([name, cell]): UnreadValue[] => {
    const field = fields.get(name);
    const value = field === undefined ? cell : cellValue(field, cell);
    if (!isSaid(value) || (Array.isArray(value) && value.length === 0)) return [];
    const reads =
      field === undefined
        ? !alongside.includes(name) || isWhole(cell)
        : accepts(field, value, own ?? country);
    if (reads) return [];
    return [{ line, field: name, value: textOf(cell).slice(0, 100) }];
  });
  const left = new Set(unread.map(({ field }) => field));
  return { values: Object.fromEntries(Object.entries(values).filter(([field]) => !left.has(field))), unread };
}

/** Whether a record beside the row is none that only begins as JSON. */
function isWhole(cell: unknown): boolean {
  return typeof cell !== 'string' || !cell.startsWith('{') || typeof cellData(cell) === 'object';
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
