import type { JsonValue } from '../json-value.ts';

const maxDepth = 20;

/** JSON on one line with sorted keys, so that equal values look equal. What is nested deeper is "…". */
export function jsonText(value: JsonValue, depth = 0): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? String(value);
  if (depth >= maxDepth) return '…';
  if (Array.isArray(value)) return `[${value.map((inner) => jsonText(inner, depth + 1)).join(', ')}]`;
  const fields = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => `${JSON.stringify(key)}: ${jsonText(inner, depth + 1)}`);
  return `{${fields.join(', ')}}`;
}
