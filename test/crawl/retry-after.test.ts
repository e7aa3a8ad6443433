import { describe, expect, it } from 'vitest';
import { retryAfter } from '../../src/crawl/retry-after.ts';

describe('retryAfter', () => {
  const now = Date.parse('2030-01-01T00:00:00Z');

  it.each([
    ['seconds', '7', 7_000],
    ['no wait', '0', 0],
    ['more than two minutes', '86400', 120_000],
    ['more than a number can hold', '9'.repeat(400), 120_000],
    ['an HTTP-date', 'Tue, 01 Jan 2030 00:00:30 GMT', 30_000],
    ['an obsolete HTTP-date', 'Tuesday, 01-Jan-30 00:00:30 GMT', 30_000],
    ['a date in the past', 'Mon, 31 Dec 2029 23:59:00 GMT', 0],
    ['a date far away', 'Wed, 01 Jan 2031 00:00:00 GMT', 120_000],
    ['a negative number', '-5', null],
    ['a fraction', '1.5', null],
    ['words', 'soon', null],
    ['nothing', undefined, null],
  ])('understands %s', (_, value, expected) => {
    expect(retryAfter(value, now)).toBe(expected);
  });
});
