import { normaliseText } from './text.ts';

const maxCategories = 20;
const maxLength = 80;
const maxRead = 500;
const maxText = 10_000;

/**
 * Categories from texts, lists, and objects with a `name`. A text is split at commas and semicolons, as in
 * schema.org's `keywords`. Repetitions in other capitals are dropped, the first spelling stays.
 *
 * @returns sorted by code unit, so that a page which shuffles its tags changes nothing; at most 20 entries of
 *   at most 80 characters (longer ones are sentences and left out)
 */
export function normaliseCategories(values: unknown): string[] {
  const spellings = new Map<string, string>();
  for (const category of collect(values, 0).slice(0, maxRead)) {
    if (category === '' || category.length > maxLength) continue;
    const key = category.toLowerCase();
    if (!spellings.has(key)) spellings.set(key, category);
  }
  return [...spellings.values()].sort().slice(0, maxCategories);
}

function collect(value: unknown, depth: number): string[] {
  if (typeof value === 'string') {
    // Decoded before it is split: the semicolon of "&amp;" divides nothing.
    const text = normaliseText(value, maxText) ?? '';
    return text.split(/[,;]/, maxRead).map((part) => part.trim());
  }
  if (typeof value !== 'object' || value === null || depth > 2) return [];
  if (Array.isArray(value)) return value.slice(0, maxRead).flatMap((entry) => collect(entry, depth + 1));
  return collect(Reflect.get(value, 'name'), depth + 1);
}
