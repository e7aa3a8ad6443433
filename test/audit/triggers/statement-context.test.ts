import { expect, test } from 'vitest';
import { mayWrite } from '../../../src/audit/triggers/statement-context.ts';

test.for([
  ['SELECT "id" FROM "places" WHERE "id" = 1', 'nothing'],
  ['select 1', 'nothing'],
  ['SELECT "id" FROM "places" FOR UPDATE;', 'nothing'],
  ['START TRANSACTION ISOLATION LEVEL READ COMMITTED;', 'nothing'],
  ['SAVEPOINT "a";', 'nothing'],
  ['ROLLBACK TO SAVEPOINT "a"', 'nothing'],
  ['SET LOCAL lock_timeout = 1', 'nothing'],
  ['SELECT rename_all(1)', 'indirectly'],
  ['SELECT rename_all(1);', 'indirectly'],
  ['COMMIT;', 'indirectly'],
  ['SELECT 1; DELETE FROM places', 'anything'],
  ['SELECT 1; DELETE FROM places;', 'anything'],
  ['BEGIN; DELETE FROM places; COMMIT', 'anything'],
  ['COMMIT; DELETE FROM places', 'anything'],
  ['-- SELECT\nDELETE FROM places', 'anything'],
  ['WITH gone AS (DELETE FROM places) SELECT 1', 'anything'],
  ['CALL clean()', 'anything'],
  ['EXPLAIN ANALYZE DELETE FROM places', 'anything'],
  ['SETTLE', 'anything'],
  ['', 'anything'],
] as const)('%s can write %s', ([sql, expected]) => {
  expect(mayWrite(sql)).toBe(expected);
});
