import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { expandRule } from '../../../src/extract/calendar/series.ts';
import { cpuTimeOf } from '../../helpers/cpu-time.ts';
import { corpusCases, hasCorpus } from '../corpora.ts';

const at = (text: string) => Temporal.PlainDateTime.from(text);
const year = { from: at('2026-01-01'), to: at('2027-03-01') };

function expand(rule: string, start = '2026-01-01T10:00', window = year, limit = 500) {
  const { instances, cut, failure } = expandRule(rule, at(start), null, window, limit);
  return {
    instances: instances.map((instance) => instance.toString({ smallestUnit: 'minute' })),
    cut,
    failure,
  };
}

test('a monthly rule skips months that lack the day', () => {
  expect(expand('FREQ=MONTHLY;BYMONTHDAY=31;COUNT=3').instances).toEqual([
    '2026-01-31T10:00',
    '2026-03-31T10:00',
    '2026-05-31T10:00',
  ]);
});

test('a rule that starts long before the window keeps its rhythm in it', () => {
  expect(expand('FREQ=WEEKLY;INTERVAL=2', '2001-01-01T10:00').instances.slice(0, 2)).toEqual([
    '2026-01-12T10:00',
    '2026-01-26T10:00',
  ]);
});

test('a count that ended before the window gives nothing, and one too great to be reached is no hindrance', () => {
  expect(expand('FREQ=DAILY;COUNT=5', '2001-01-01T10:00').instances).toEqual([]);
  expect(expand('FREQ=DAILY;COUNT=1000000', '1900-01-01T10:00').instances).toHaveLength(424);
});

test('a clock that ticks all day is cut, and said to be', () => {
  expect(expand('FREQ=SECONDLY').instances).toHaveLength(500);
  expect(expand('FREQ=SECONDLY').cut).toBe(true);
  expect(expand('FREQ=DAILY').cut).toBe(false);
});

test.each([
  'FREQ=DAILY;BYMONTHDAY=-1,-2;COUNT=5',
  'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30',
  'FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30',
  'FREQ=SECONDLY;COUNT=100000000',
  'FREQ=YEARLY;BYWEEKNO=53;BYYEARDAY=1;BYSETPOS=300',
  `FREQ=DAILY;BYHOUR=${list(24)};BYMINUTE=${list(60)};BYSECOND=${list(60)}`,
  'FREQ=DAILY;INTERVAL=99999999999',
])('%s ends within two seconds', (rule) => {
  expect(cpuTimeOf(() => expand(rule, '2020-01-01T10:00'))).toBeLessThan(2_000);
});

test.each(['', 'FREQ=SOMETIMES', 'FREQ=DAILY;INTERVAL=0', 'FREQ=DAILY;BYDAY=XX'])(
  '%j is refused with a reason',
  (rule) => {
    expect(expand(rule)).toMatchObject({ instances: [], failure: expect.any(String) });
  },
);

function list(length: number): string {
  return Array.from({ length }, (_, index) => index).join(',');
}

const ruleCase = z.object({
  case: z.string(),
  rrule: z.string(),
  dtstart: z.string(),
  instances: z.array(z.string()),
});

/**
 * Here the library and libical differ. In 012 the library is wrong: it forgets BYDAY beside BYYEARDAY. In
 * 075 to 077 libical does not expand what the table in RFC 5545 §3.3.10 says to expand. 139 and 143 are about
 * the year that a week at its edge belongs to.
 */
const otherReading = new Set(['rrule-012', 'rrule-075', 'rrule-076', 'rrule-077', 'rrule-139', 'rrule-143']);

describe.skipIf(!hasCorpus('calendars'))('libical’s rules (skipped where the corpora are missing)', () => {
  const cases = hasCorpus('calendars')
    ? corpusCases('calendars/rrule.jsonl', (value) => ruleCase.parse(value))
    : [];
  const plain = cases.filter(({ case: name, rrule }) => !rrule.includes('RSCALE') && !otherReading.has(name));

  test.each(plain)('$case $rrule', ({ rrule, dtstart, instances }) => {
    const start = basic(dtstart);
    const until = /UNTIL=(\d{8}(?:T\d{6})?)/.exec(rrule)?.[1];
    const end = until === undefined ? null : basic(until.length === 8 ? `${until}T235959` : until);
    const window = { from: start, to: start.add({ years: 150 }) };
    const found = expandRule(rrule, start, end, window, 1_000).instances;
    expect(found.map(String)).toEqual(instances.map((instance) => basic(instance).toString()));
  });

  test('hardly any rule is left out', () => {
    expect(plain.length).toBeGreaterThan(70);
  });
});

function basic(text: string): Temporal.PlainDateTime {
  return Temporal.PlainDateTime.from(text.replace('Z', ''));
}
