import type { JsonValue } from '../audit/json-value.ts';
import { entryTable } from '../audit/reading/entry-table.ts';
import type { RenderOptions } from '../audit/reading/render-options.ts';

/** A value of a record's field as people read it in the log. */
export function recordedText(
  { model, field }: { model: string; field: string },
  value: JsonValue,
  options: RenderOptions,
): string {
  const [row] = entryTable({ model, changes: { [field]: [null, value] } }, options);
  return row?.kind === 'value' ? row.new : '';
}
