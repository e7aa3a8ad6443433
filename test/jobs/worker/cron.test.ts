import { describe, expect, test } from 'vitest';
import { nextTime, nextTimes } from '../../../src/jobs/worker/cron.ts';

/** All times of a schedule after the first moment, up to and with the second one, as clocks of its zone show them. */
function timesBetween(cron: string, timeZone: string, from: string, to: string): string[] {
  const times: string[] = [];
  for (let time = new Date(from); ; ) {
    time = nextTime({ cron, timeZone }, time);
    if (time > new Date(to)) return times;
    times.push(
      time
        .toTemporalInstant()
        .toZonedDateTimeISO(timeZone)
        .toString({ smallestUnit: 'minute', timeZoneName: 'never' }),
    );
  }
}

/** Zones whose clocks change at noted hours: at midnight, by half an hour, by two hours, at a quarter to. */
const zones = [
  'America/New_York',
  'Europe/Berlin',
  'Europe/Dublin',
  'Africa/Cairo',
  'America/Havana',
  'UTC',
  'Australia/Lord_Howe',
  'Antarctica/Troll',
  'Pacific/Chatham',
  'America/Scoresbysund',
];

describe('the next time of a schedule', () => {
  test.each(zones)('comes on each day once, in %s', (timeZone) => {
    for (const cron of ['0 0 * * *', '30 1 * * *', '15 2 * * *', '59 2 * * *', '45 23 * * *']) {
      const times = timesBetween(cron, timeZone, '2026-01-01T12:00:00Z', '2027-01-01T12:00:00Z');
      expect(times, cron).toHaveLength(365);
      const days = new Set(times.map((time) => time.slice(0, 10)));
      // The day whose last hour is left out has its time in the first hour of the next one.
      expect(days.size, cron).toBe(timeZone === 'America/Scoresbysund' && cron === '45 23 * * *' ? 364 : 365);
    }
  });

  test('is the same hour on both sides of a change of clocks', () => {
    expect(
      timesBetween('0 5 * * *', 'Europe/Berlin', '2027-03-26T12:00:00Z', '2027-03-29T12:00:00Z'),
    ).toEqual(['2027-03-27T05:00+01:00', '2027-03-28T05:00+02:00', '2027-03-29T05:00+02:00']);
  });

  test.each([
    ['30 2 * * *', '2027-03-14', ['03:30-04:00']],
    ['0,30 2-3 * * *', '2027-03-14', ['03:00-04:00', '03:30-04:00']],
    ['30 1-3 * * *', '2027-03-14', ['01:30-05:00', '03:30-04:00']],
    ['30 1 * * *', '2027-11-07', ['01:30-04:00']],
    ['30 1-2 * * *', '2027-11-07', ['01:30-04:00', '02:30-05:00']],
    ['30 */2 * * *', '2027-11-07', ['00:30-04:00', '02:30-05:00']],
  ])('of %s on %s, on which clocks change, is %j', (cron, day, expected) => {
    const times = timesBetween(cron, 'America/New_York', `${day}T04:10:00Z`, `${day}T03:50:00-04:00`);
    expect(times).toEqual(expected.map((time) => `${day}T${time}`));
  });

  test('of every hour comes in both hours that are called the same, and not in one that is left out', () => {
    const zone = 'America/New_York';
    expect(timesBetween('30 * * * *', zone, '2027-11-07T04:31:00Z', '2027-11-07T07:31:00Z')).toEqual([
      '2027-11-07T01:30-04:00',
      '2027-11-07T01:30-05:00',
      '2027-11-07T02:30-05:00',
    ]);
    expect(timesBetween('0 * * * *', zone, '2027-03-14T05:30:00Z', '2027-03-14T08:30:00Z')).toEqual([
      '2027-03-14T01:00-05:00',
      '2027-03-14T03:00-04:00',
      '2027-03-14T04:00-04:00',
    ]);
    expect(
      timesBetween('*/20 * * * *', 'Australia/Lord_Howe', '2027-04-03T14:30:00Z', '2027-04-03T15:35:00Z'),
    ).toEqual(['2027-04-04T01:40+11:00', '2027-04-04T01:40+10:30', '2027-04-04T02:00+10:30']);
  });

  test('is found years ahead, and is later than the moment that is one itself', () => {
    const leap = { cron: '0 5 29 2 *', timeZone: 'UTC' };
    expect(nextTimes(leap, new Date('2028-02-29T05:00:00Z'), 2)).toEqual([
      new Date('2032-02-29T05:00:00Z'),
      new Date('2036-02-29T05:00:00Z'),
    ]);
  });
});
