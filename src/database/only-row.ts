/**
 * The row of a query that always gives exactly one: an aggregate, `INSERT … RETURNING` of one row, `SELECT` without a
 * table.
 *
 * @throws TypeError when it gave none or several, which is a fault of the program
 */
export function onlyRow<Row>(rows: readonly Row[]): Row {
  const [row] = rows;
  if (row === undefined || rows.length > 1)
    throw new TypeError(`A query that gives one row has given ${rows.length}.`);
  return row;
}
