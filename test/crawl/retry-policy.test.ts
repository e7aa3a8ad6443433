import { describe, expect, test } from 'vitest';
import { FetchFailed } from '../../src/crawl/errors.ts';
import {
  defaultRetryLimits,
  failureOf,
  isRetried,
  RetryPolicy,
  requestedWait,
} from '../../src/crawl/retry-policy.ts';

const now = Date.parse('2030-01-01T00:00:00Z');
const wait = (headers: Record<string, string>) => requestedWait((name) => headers[name], now);

describe('requestedWait', () => {
  test.each([
    ['seconds', '7', 7_000],
    ['no wait', '0', 0],
    ['a day', '86400', 86_400_000],
    ['more seconds than a number can hold', '9'.repeat(400), Number.POSITIVE_INFINITY],
    ['an HTTP-date', 'Tue, 01 Jan 2030 00:00:30 GMT', 30_000],
    ['an HTTP-date in the form of RFC 850', 'Tuesday, 01-Jan-30 00:00:30 GMT', 30_000],
    ['an HTTP-date in the form of asctime', 'Tue Jan  1 00:00:30 2030', 30_000],
    ['a date in the past', 'Mon, 31 Dec 2029 23:59:00 GMT', 0],
    ['two digits of a year 60 years ahead, which is a year of the past', 'Monday, 01-Jan-90 00:00:00 GMT', 0],
    ['the 31st of June', 'Mon, 31 Jun 2030 00:00:00 GMT', null],
    ['a weekday that the date does not have', 'Wed, 01 Jan 2030 00:00:30 GMT', null],
    ['an hour that no day has', 'Tue, 01 Jan 2030 24:00:00 GMT', null],
    ['a date in another zone', 'Tue, 01 Jan 2030 00:00:30 +0100', null],
    ['an ISO date', '2030-01-01T00:00:30Z', null],
    ['a date with something after it', 'Tue, 01 Jan 2030 00:00:30 GMT, 5', null],
    ['a negative number', '-5', null],
    ['a fraction', '1.5', null],
    ['words', 'soon', null],
    ['an empty value', '', null],
    // Retry-After has no Unix times (RFC 9110): this is a wait of 60 years.
    ['a large number', '1893456030', 1_893_456_030_000],
  ])('reads %s in Retry-After', (_, value, expected) => {
    expect(wait({ 'retry-after': value })).toBe(expected);
  });

  test.each([
    ['ratelimit-reset', '30', 30_000],
    ['ratelimit-reset', '1893456030', 30_000],
    ['x-ratelimit-retry-after', '30', 30_000],
    ['x-ratelimit-reset', '1893456030', 30_000],
    ['x-rate-limit-reset', '1893456030', 30_000],
    ['x-ratelimit-reset', '1893455000', 0],
    ['x-ratelimit-reset', 'soon', null],
    ['x-ratelimit-remaining', '0', null],
  ])('reads the header %s: %s without Retry-After', (name, value, expected) => {
    expect(wait({ [name]: value })).toBe(expected);
  });

  test('takes the most authoritative header that is present, even when it cannot be read', () => {
    expect(wait({ 'x-ratelimit-reset': '9', 'ratelimit-reset': '8', 'retry-after': '7' })).toBe(7_000);
    expect(wait({ 'x-ratelimit-reset': '9', 'ratelimit-reset': '8' })).toBe(8_000);
    expect(wait({ 'ratelimit-reset': '8', 'retry-after': 'soon' })).toBe(null);
    expect(wait({})).toBe(null);
  });
});

describe('a failure', () => {
  test.each([
    [429, 'overload', true],
    [503, 'overload', true],
    [500, 'server-error', true],
    [502, 'server-error', true],
    [404, 'refusal', false],
    [410, 'refusal', false],
    [403, 'refusal', false],
    [304, 'refusal', false],
  ] as const)('with status %d is %s, tried again: %s', (statusCode, failure, retried) => {
    expect(failureOf(statusCode)).toBe(failure);
    expect(isRetried(failure)).toBe(retried);
    expect(new FetchFailed('It failed.', { failure, statusCode }).retry).toBe(retried);
  });
});

describe('RetryPolicy', () => {
  const answer = (statusCode: number, headers: Record<string, string> = {}) => ({
    statusCode,
    header: (name: string) => headers[name],
  });

  test('by default tries a page three times more, doubling half a second', () => {
    const policy = new RetryPolicy(defaultRetryLimits);
    expect(policy.retries).toBe(3);
    expect([1, 2, 3].map((retry) => policy.delayBefore(retry))).toEqual([500, 1000, 2000]);
  });

  test('by default pauses a host for what it asks, at most two minutes, or for a second', () => {
    const policy = new RetryPolicy(defaultRetryLimits);
    expect(policy.pauseAfter(answer(429, { 'retry-after': '7' }))).toBe(7_000);
    expect(policy.pauseAfter(answer(503, { 'retry-after': '86400' }))).toBe(120_000);
    expect(policy.pauseAfter(answer(429, { 'retry-after': '9'.repeat(400) }))).toBe(120_000);
    expect(policy.pauseAfter(answer(429, { 'retry-after': 'soon' }))).toBe(1_000);
    expect(policy.pauseAfter(answer(503))).toBe(1_000);
    expect(policy.pauseAfter(answer(500, { 'retry-after': '7' }))).toBe(null);
    expect(policy.pauseAfter(answer(404))).toBe(null);
  });

  test('keeps the limits of its source', () => {
    const policy = new RetryPolicy({ retries: 10, retryDelay: 60, pauseOn429: 0.2, maxRetryAfter: 3 });
    expect(policy.retries).toBe(10);
    expect([1, 2, 3, 4, 10].map((retry) => policy.delayBefore(retry))).toEqual([
      60_000, 120_000, 240_000, 300_000, 300_000,
    ]);
    expect(policy.pauseAfter(answer(503))).toBe(200);
    expect(policy.pauseAfter(answer(429, { 'x-ratelimit-reset': '60' }))).toBe(3_000);
  });

  test('tries a robots.txt three times, after its own delays or what the host asks', () => {
    const policy = new RetryPolicy(defaultRetryLimits);
    expect([1, 2, 3].map((attempts) => policy.robotsDelay(attempts, null))).toEqual([500, 2000, null]);
    expect(policy.robotsDelay(1, answer(503))).toBe(500);
    expect(policy.robotsDelay(1, answer(429, { 'retry-after': '0' }))).toBe(0);
    expect(policy.robotsDelay(2, answer(503, { 'retry-after': '999' }))).toBe(120_000);
    expect(policy.robotsDelay(1, answer(500, { 'retry-after': '9' }))).toBe(500);
    expect(policy.robotsDelay(3, answer(503, { 'retry-after': '9' }))).toBe(null);
  });
});
