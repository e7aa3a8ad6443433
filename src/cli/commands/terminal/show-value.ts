import { safeText } from './safe-text.ts';

/** A field's value on one line: text as it is, nothing as "(empty)", the rest as JSON. */
export function showValue(value: unknown): string {
  if (value === null || value === undefined || value === '') return '(empty)';
  return safeText(typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value)));
}
