import type { ImportedRow } from '../imported-row.ts';

/** A row of a JSON value, which must be an object. */
export function objectRow(line: number, value: unknown): ImportedRow {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { line, problem: 'This is not an object with the fields of a record.' };
  return { line, values: Object.fromEntries(Object.entries(value)) };
}
