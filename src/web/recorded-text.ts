import type { JsonValue } from '../audit/index.ts';
import { entryTable, type RenderOptions } from '../audit/read/index.ts';

/** A value of a record's field as people read it in the log. */
export function recordedText(
  { model, field }: { model: string; field: string },
  value: JsonValue,
  options: RenderOptions,
): string {
  const [row] = entryTable({ model, changes: { [field]: [null, value] } }, options);
  return row?.kind === 'value' ? row.new : '';
}
