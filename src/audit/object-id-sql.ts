import { columnJson } from './column-json.ts';

/**
 * A SQL expression that gives a row's key as `objectId` writes it.
 *
 * @param keys the columns of the primary key in its order: a SQL expression of each, and its type as in
 *   `columnJson`.
 */
export function objectIdSql(keys: readonly { value: string; type: string }[]): string {
  const [only, ...others] = keys.map(({ value, type }) => `(${columnJson(value, type)} #>> '{}')`);
  if (only === undefined) throw new TypeError('A primary key has at least one column.');
  if (others.length === 0) return only;
  return [only, ...others]
    .map((text) => `replace(replace(${text}, '%', '%25'), '/', '%2F')`)
    .join(" || '/' || ");
}
