import { sqlName } from '../triggers/sql-name.ts';

/**
 * A SQL expression of the leaf hash of one entry: SHA-256(0x00 ‖ bytes), where the bytes are the UTF-8 of a JSON
 * array with each column's text, or null, in the order of `columns`, as `JSON.stringify` would write it.
 * Timestamps are ISO 8601 in UTC with six decimals. jsonb is as PostgreSQL writes it: keys by length, then by
 * byte, one space after colons and commas, numbers with the digits they came with.
 *
 * @param entry the alias of the table
 * @param columns names, each with its type as in `columnTypes`
 */
export function leafHashSql(entry: string, columns: readonly { name: string; type: string }[]): string {
  const texts = columns.map(({ name, type }) => {
    const value = `${entry}.${sqlName(name)}`;
    return type === 'timestamptz'
      ? `to_char(${value} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
      : `${value}::text`;
  });
  return `sha256('\\x00'::bytea || convert_to(array_to_json(ARRAY[${texts.join(', ')}])::text, 'UTF8'))`;
}
