import type { RowValues } from './registration.ts';

/**
 * A row's primary key as text, as `log_entries.object_id` holds it. The parts of a compound key are
 * joined with "/" after escaping "/" and "%" in them, so that no two keys share a text.
 */
export function objectId(primaryKeys: readonly string[], values: RowValues): string {
  if (primaryKeys.length === 1) return keyText(values[primaryKeys[0] ?? '']);
  return primaryKeys
    .map((key) => keyText(values[key]).replaceAll('%', '%25').replaceAll('/', '%2F'))
    .join('/');
}

function keyText(value: unknown): string {
  return value instanceof Date ? value.toISOString() : String(value);
}
