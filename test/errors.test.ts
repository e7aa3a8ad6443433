import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { type ErrorCode, errorTable, exitCodeOf, httpStatus, isRetryable } from '../src/errors.ts';

const root = path.resolve(import.meta.dirname, '..');
const codes = Object.keys(errorTable).filter((code): code is ErrorCode => code in errorTable);

/** Every file of the program but the table itself. */
const program = globSync(['crawlers/**/*.ts', 'pipelines/**/*.ts', 'src/**/*.ts'], { cwd: root })
  .filter((file) => file !== 'src/errors.ts')
  .map((file) => readFileSync(path.join(root, file), 'utf8'))
  .join('\n');

test('every code that the program raises has a line in the table', () => {
  const raised = [...program.matchAll(/new HotspotsError\(\s*'([^']+)'/g)].map(([, code]) => code);
  expect(raised.length).toBeGreaterThan(100);
  expect(raised.filter((code) => code === undefined || !(code in errorTable))).toEqual([]);
});

test('every code of the table is raised somewhere', () => {
  expect(codes.filter((code) => !program.includes(`'${code}'`))).toEqual([]);
});

test('HTTP statuses are those that clients rely on', () => {
  const byStatus = Object.groupBy(codes, (code) => httpStatus(code));
  const { 500: faults = [], ...answered } = byStatus;
  expect(faults.length).toBeGreaterThan(0);
  expect(answered).toEqual({
    400: ['USAGE', 'AUDIT_QUERY_INVALID'],
    401: ['UNAUTHENTICATED', 'SIGN_IN_FAILED'],
    403: ['FORBIDDEN'],
    404: [
      'SOURCE_UNKNOWN',
      'UNDO_PLAN_UNKNOWN',
      'RUN_UNKNOWN',
      'HOLD_UNKNOWN',
      'SUGGESTION_UNKNOWN',
      'RECORD_UNKNOWN',
      'CHANGE_UNKNOWN',
      'PLACE_UNKNOWN',
      'EVENT_UNKNOWN',
      'JOB_UNKNOWN',
      'USER_UNKNOWN',
    ],
    405: ['METHOD_NOT_ALLOWED'],
    409: [
      'AUDIT_CONCURRENT_WRITE',
      'UNDO_NOTHING',
      'UNDO_PLAN_STALE',
      'UNDO_PLAN_DONE',
      'RUN_NOT_FINISHED',
      'MERGE_REFUSED',
      'USER_INACTIVE',
      'USER_EXISTS',
      'USER_AUTOMATED',
      'LAST_ADMIN',
      'RECORD_REFERENCED',
      'RECORD_EXISTS',
      'IDEMPOTENCY_KEY_BUSY',
    ],
    410: ['HISTORY_PRUNED', 'UNDO_PRUNED'],
    412: ['PRECONDITION_FAILED'],
    422: ['JOB_INVALID', 'INPUT_INVALID', 'REFERENCE_UNKNOWN', 'IDEMPOTENCY_KEY_REUSED', 'PASSWORD_REFUSED'],
    429: ['TOO_MANY_REQUESTS'],
  });
});

test('exit code 2 is for what is wrong with the command line', () => {
  expect(codes.filter((code) => exitCodeOf(code) === 2)).toEqual([
    'USAGE',
    'SPIDER_UNKNOWN',
    'SOURCE_UNKNOWN',
    'UNDO_PLAN_UNKNOWN',
    'RUN_UNKNOWN',
    'HOLD_UNKNOWN',
    'SUGGESTION_UNKNOWN',
    'CHANGE_UNKNOWN',
    'PLACE_UNKNOWN',
    'EVENT_UNKNOWN',
    'JOB_INVALID',
    'JOB_UNKNOWN',
    'USER_UNKNOWN',
    'TOKEN_UNKNOWN',
  ]);
});

test('a job is tried again after a failure that may pass, and not after one that stays', () => {
  expect(isRetryable('DATABASE_UNREACHABLE')).toBe(true);
  expect(isRetryable('CRAWL_FAILED')).toBe(true);
  expect(isRetryable('AUDIT_CONCURRENT_WRITE')).toBe(true);
  for (const code of codes.filter((each) => each.endsWith('_UNKNOWN') || each.endsWith('_INVALID'))) {
    expect({ code, isRetryable: isRetryable(code) }).toEqual({
      code,
      isRetryable: code === 'CONFIG_INVALID',
    });
  }
});
