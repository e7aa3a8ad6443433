const maxLength = 100;
const maxEntries = 50;
const maxDepth = 2;

/**
 * The bare names of schema.org enumeration values, in order, from whichever way a page writes them: the name,
 * its address ("http://schema.org/EventCancelled", "https://schema.org/…", "schema:…"), an object with `@id`,
 * `url` or `name`, or a list of these.
 *
 * @returns at most fifty names of at most a hundred characters; empty when there are none
 */
export function schemaNames(value: unknown): string[] {
  return collect(value, 0);
}

function collect(value: unknown, depth: number): string[] {
  if (typeof value === 'string') {
    if (value.length > maxLength) return [];
    const name = value
      .trim()
      .replace(/^(?:https?:\/\/(?:www\.)?schema\.org\/|schema:)/i, '')
      .replace(/\/$/, '');
    return name === '' ? [] : [name];
  }
  if (typeof value !== 'object' || value === null || depth > maxDepth) return [];
  if (Array.isArray(value)) {
    return value
      .slice(0, maxEntries)
      .flatMap((entry) => collect(entry, depth + 1))
      .slice(0, maxEntries);
  }
  for (const key of ['@id', 'url', 'name']) {
    const names = collect(Reflect.get(value, key), depth + 1);
    if (names.length > 0) return names;
  }
  return [];
}
