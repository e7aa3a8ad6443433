import { expect, test } from 'vitest';
import { onlyRow } from '../../src/database/only-row.ts';

test('the only row of a query is given', () => {
  expect(onlyRow([{ count: 0 }])).toEqual({ count: 0 });
});

test.each([[[]], [[{ count: 1 }, { count: 2 }]]])(
  'a query that gives another number of rows is a fault',
  (rows) => {
    expect(() => onlyRow(rows)).toThrow(`A query that gives one row has given ${rows.length}.`);
  },
);
