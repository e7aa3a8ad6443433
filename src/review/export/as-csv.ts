import { stringify } from 'csv-stringify/sync';

/**
 * Rows as CSV (RFC 4180) with a line of titles. Cells that a spreadsheet would run as a formula get an apostrophe in
 * front.
 */
export async function* asCsv<Column extends string>(
  columns: readonly Column[],
  rows: AsyncIterable<Record<Column, string | number | null>>,
): AsyncGenerator<string> {
  const options = { columns: [...columns], escape_formulas: true, record_delimiter: 'windows' as const };
  yield stringify([], { ...options, header: true });
  for await (const row of rows) yield stringify([row], options);
}
