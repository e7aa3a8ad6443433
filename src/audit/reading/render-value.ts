import type { JsonValue } from '../json-value.ts';
import type { FieldDescription } from './field-description.ts';
import { jsonText } from './json-text.ts';
import type { RenderOptions } from './render-options.ts';

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
