import type { ImportedRow } from '../imported-row.ts';
import { isDeep } from '../is-deep.ts';

/** A row of a JSON value, which must be an object. */
export function objectRow(line: number, value: unknown): ImportedRow {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { line, problem: 'This is not an object with the fields of a record.' };
  if (isDeep(value)) return { line, problem: 'The values are nested too deep for a record.' };
  return { line, values: Object.fromEntries(Object.entries(value)) };
}
