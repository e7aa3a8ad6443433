import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type EventTime, normaliseEventTime } from '../../src/normalise/event-time.ts';

const chicago = 'America/Chicago';

function read(startDate: string, endDate: string | null = null, timeZone: string | null = chicago) {
  return normaliseEventTime({ startDate, endDate, timeZone });
}

function value(
  startDate: string,
  endDate: string | null = null,
  timeZone: string | null = chicago,
): EventTime {
  const result = read(startDate, endDate, timeZone);
  if (!result.ok) throw new Error(result.message);
  return result.value;
}

function reason(startDate: string, timeZone: string | null = chicago): string {
  const result = read(startDate, null, timeZone);
  return result.ok ? `read as ${result.value.startDate.toISOString()}` : result.reason;
}

describe('the start of an event', () => {
  test.each([
    ['2026-05-09T08:30', '2026-05-09T13:30:00.000Z'],
    ['2026-05-09 08:30:00', '2026-05-09T13:30:00.000Z'],
    ['2026-05-09T08:30:00-0500', '2026-05-09T13:30:00.000Z'],
    ['2026-05-09T08:30:00 -05:00', '2026-05-09T13:30:00.000Z'],
    ['2026-05-09T08:30\u221205:00', '2026-05-09T13:30:00.000Z'],
    ['2026-05-09T08:30+02', '2026-05-09T06:30:00.000Z'],
    ['2026-05-09T08:30Z', '2026-05-09T08:30:00.000Z'],
    ['2026-05-09T08:30:00.987654321Z', '2026-05-09T08:30:00.987Z'],
    ['2026-05-09T08', '2026-05-09T13:00:00.000Z'],
    ['20260509T083000', '2026-05-09T13:30:00.000Z'],
    ['20260509T0830Z', '2026-05-09T08:30:00.000Z'],
    ['2019-11-19T9:00:00-06:00', '2019-11-19T15:00:00.000Z'],
    ['2019-11-20T08:30:00.0000000', '2019-11-20T14:30:00.000Z'],
    ['2023/07/20 10:00', '2023-07-20T15:00:00.000Z'],
    ['7/20/2023 10:00:00 AM', '2023-07-20T15:00:00.000Z'],
    ['20/7/2023 10:00', '2023-07-20T15:00:00.000Z'],
    ['Thu, 20 Jul 2023 10:00 AM', '2023-07-20T15:00:00.000Z'],
    ['Thu, 20 Jul 2023 10:00:00 CDT', '2023-07-20T15:00:00.000Z'],
    ['Thu, 20 Jul 2023 15:00:00 GMT', '2023-07-20T15:00:00.000Z'],
    ['Thu Jul 20 2023 10:00:00 GMT-0500 (Central Daylight Time)', '2023-07-20T15:00:00.000Z'],
    ['Thu Jul 20 10:00:00 2023', '2023-07-20T15:00:00.000Z'],
    ['November 19, 2019 9:00 am', '2019-11-19T15:00:00.000Z'],
    ['Nov. 19th, 2019 at 9 a.m.', '2019-11-19T15:00:00.000Z'],
    ['19 Sept 2019, 9 pm', '2019-09-20T02:00:00.000Z'],
    ['March 22,2017 12:00 AM CDT', '2017-03-22T05:00:00.000Z'],
    ['July 20, 2023 noon', '2023-07-20T17:00:00.000Z'],
    ['July 20, 2023 12:15 pm', '2023-07-20T17:15:00.000Z'],
    ['2026-05-09T12:00:60', '2026-05-09T17:00:59.000Z'],
    ['2026-05-09T08:30:00[Europe/Paris]', '2026-05-09T06:30:00.000Z'],
    ['2026-05-09T08:30:00+02:00[!Europe/Paris][u-ca=iso8601]', '2026-05-09T06:30:00.000Z'],
  ])('reads %s in Chicago', (text, instant) => {
    expect(value(text).startDate.toISOString()).toBe(instant);
  });

  test.each([
    ['2026-05', 'START_UNREADABLE'],
    ['March 22', 'START_UNREADABLE'],
    ['7/20/23', 'START_UNREADABLE'],
    ['2026-02-30', 'START_UNREADABLE'],
    ['2026-05-09T25:00', 'START_UNREADABLE'],
    ['2026-05-09T08:61', 'START_UNREADABLE'],
    ['2026-05-09T24:30', 'START_UNREADABLE'],
    ['2026-05-09T', 'START_UNREADABLE'],
    ['2026-05-09 8', 'START_UNREADABLE'],
    ['2026-05-09T08:30 - 10:00', 'START_UNREADABLE'],
    ['2026-05-09 13:00 AM', 'START_UNREADABLE'],
    ['2026-05-09T08:30+25:00', 'START_UNREADABLE'],
    ['Saturday, 2026-05-09T08:30 at the lake', 'START_UNREADABLE'],
    ['tomorrow at 9', 'START_UNREADABLE'],
    ['1778333400', 'START_UNREADABLE'],
    ['1899-12-31', 'START_OUT_OF_RANGE'],
    ['2201-01-01', 'START_OUT_OF_RANGE'],
    [' ', 'START_MISSING'],
    ['2026-05-09T08:30[Mars/Phobos]', 'TIME_ZONE_UNKNOWN'],
  ])('refuses %s', (text, expected) => {
    expect(reason(text)).toBe(expected);
  });

  test('refuses a date that names the wrong weekday', () => {
    expect(reason('Thursday, July 20, 2023 10:00 AM')).toBe('read as 2023-07-20T15:00:00.000Z');
    expect(reason('Friday, July 20, 2023 10:00 AM')).toBe('START_UNREADABLE');
  });

  test('takes the month first in the United States only, and the day first with dots elsewhere', () => {
    expect(reason('7/8/2023 10:00')).toBe('read as 2023-07-08T15:00:00.000Z');
    expect(reason('7/8/2023', 'Europe/London')).toBe('START_AMBIGUOUS');
    expect(reason('7/8/2023', 'America/Toronto')).toBe('START_AMBIGUOUS');
    expect(reason('7/7/2023 10:00', 'Europe/London')).toBe('read as 2023-07-07T09:00:00.000Z');
    expect(reason('7.8.2023 10:00', 'Europe/Berlin')).toBe('read as 2023-08-07T08:00:00.000Z');
    expect(reason('7.8.2023', chicago)).toBe('START_AMBIGUOUS');
  });

  test('does not read CST as North American elsewhere', () => {
    expect(reason('20 Jul 2023 10:00 CST', 'Asia/Shanghai')).toBe('START_UNREADABLE');
  });

  test('says what to do when a time has no zone', () => {
    const result = read('2026-05-09T08:30', null, null);
    expect(result).toMatchObject({ ok: false, reason: 'TIME_ZONE_UNKNOWN' });
    expect(!result.ok && result.message).toContain('--time-zone');
    expect(reason('2026-05-09T08:30', 'Mars/Phobos')).toBe('TIME_ZONE_UNKNOWN');
  });

  test('names the zone by the brackets, else the source, else the offset', () => {
    expect(value('2026-05-09T08:30[europe/paris]').timeZone).toBe('Europe/Paris');
    expect(value('2026-05-09T08:30+02:00').timeZone).toBe(chicago);
    expect(value('2026-05-09T08:30-05:00', null, null).timeZone).toBe('Etc/GMT+5');
    expect(value('2026-05-09T08:30Z', null, null).timeZone).toBe('UTC');
    const india = value('2026-05-09T08:30+05:30', null, null);
    expect(india).toMatchObject({ timeZone: 'UTC', notes: [expect.stringContaining('UTC is used instead')] });
    expect(india.startDate.toISOString()).toBe('2026-05-09T03:00:00.000Z');
  });
});

describe('offsets and daylight saving', () => {
  test('keeps the wall time when the offset is that of the other season', () => {
    const summer = value('2026-07-09T08:30:00-06:00');
    expect(summer.startDate.toISOString()).toBe('2026-07-09T13:30:00.000Z');
    expect(summer.notes).toHaveLength(1);
    expect(value('2026-01-09T08:30:00-05:00').startDate.toISOString()).toBe('2026-01-09T14:30:00.000Z');
  });

  test('keeps the instant when the offset is right, or of some other zone, or Z', () => {
    for (const text of ['2026-07-09T08:30:00-05:00', '2026-07-09T15:30:00+02:00', '2026-07-09T13:30:00Z']) {
      expect(value(text)).toMatchObject({ startDate: new Date('2026-07-09T13:30:00Z'), notes: [] });
    }
    expect(value('2026-07-09T13:30:00Z', null, 'Europe/London').startDate.toISOString()).toBe(
      '2026-07-09T13:30:00.000Z',
    );
  });

  test('moves a time that clocks skipped forward, and takes the first of a time shown twice', () => {
    const skipped = value('2026-03-08T02:30');
    expect(skipped).toMatchObject({ startDate: new Date('2026-03-08T08:30:00Z') });
    expect(skipped.notes[0]).toContain('jumped');
    const twice = value('2026-11-01T01:30');
    expect(twice).toMatchObject({ startDate: new Date('2026-11-01T06:30:00Z') });
    expect(twice.notes[0]).toContain('twice');
    expect(value('2026-11-01T01:30-06:00').startDate.toISOString()).toBe('2026-11-01T07:30:00.000Z');
  });

  test('agrees with Temporal for any wall time and zone', () => {
    const zones = [
      chicago,
      'Europe/London',
      'Australia/Lord_Howe',
      'America/Havana',
      'Asia/Kathmandu',
      'Africa/Cairo',
    ];
    const moments = fc.date({
      min: new Date('1950-01-01T00:00:00Z'),
      max: new Date('2090-01-01T00:00:00Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(moments, fc.constantFrom(...zones), (moment, zone) => {
        const wall = moment.toISOString().slice(0, 19);
        const expected = Temporal.PlainDateTime.from(wall).toZonedDateTime(zone).epochMilliseconds;
        // An end keeps a midnight from being taken for a missing time.
        const end = Temporal.PlainDateTime.from(wall).add({ hours: 5 }).toString();
        expect(value(wall, end, zone).startDate.getTime()).toBe(expected);
      }),
    );
  });
});

describe('the three states', () => {
  test('keeps a known time, whole days and an unknown time apart', () => {
    expect(value('2026-05-09T08:30')).toMatchObject({ allDay: false, timeKnown: true });
    expect(value('2026-05-09', '2026-05-10')).toMatchObject({ allDay: true, timeKnown: false });
    expect(value('2026-05-09')).toMatchObject({ allDay: false, timeKnown: false });
    expect(value('2026-05-09T00:00:00')).toMatchObject({ allDay: false, timeKnown: false });
  });

  test('stores a day as its first moment in the zone, even where it has no midnight', () => {
    expect(value('2026-05-09').startDate.toISOString()).toBe('2026-05-09T05:00:00.000Z');
    expect(value('2018-11-04', null, 'America/Sao_Paulo').startDate.toISOString()).toBe(
      '2018-11-04T03:00:00.000Z',
    );
  });

  test.each([
    ['2026-05-09', '2026-05-10', '2026-05-10T05:00:00.000Z'],
    ['2026-05-09', '2026-05-09', '2026-05-09T05:00:00.000Z'],
    ['2026-05-09T00:00:00', '2026-05-09T23:59:59', '2026-05-09T05:00:00.000Z'],
    ['2026-05-09T00:00:00', '2026-05-09T00:00:00', '2026-05-09T05:00:00.000Z'],
    ['2026-05-09T00:00:00', '2026-05-10T00:00:00', '2026-05-09T05:00:00.000Z'],
    ['2026-05-09T05:00:00Z', '2026-05-10T05:00:00Z', '2026-05-09T05:00:00.000Z'],
    ['2026-05-09T00:00:00', '2026-05-11T00:00:00', '2026-05-11T05:00:00.000Z'],
    ['2026-05-09T00:00:00', '2026-05-11', '2026-05-11T05:00:00.000Z'],
  ])('reads %s to %s as whole days, the last one included', (start, end, lastDay) => {
    const time = value(start, end);
    expect(time).toMatchObject({ allDay: true, timeKnown: false });
    expect(time.endDate?.toISOString()).toBe(lastDay);
  });

  test('knows the time of an event that starts at midnight and ends in the night', () => {
    expect(value('2026-05-09T00:00', '2026-05-09T04:00')).toMatchObject({ allDay: false, timeKnown: true });
  });
});

describe('the end of an event', () => {
  test.each([
    ['2026-05-09T10:00', '2026-05-09T12:00', '2026-05-09T17:00:00.000Z', 0],
    ['2026-05-09T10:00', '12:00 PM', '2026-05-09T17:00:00.000Z', 1],
    ['2026-05-09T22:00', '2026-05-09T02:00', '2026-05-10T07:00:00.000Z', 1],
    ['2026-05-09T22:00', '2 am', '2026-05-10T07:00:00.000Z', 2],
    ['2026-05-09T10:00', '2026-05-09T09:00', null, 1],
    ['2026-05-09T10:00', '2026-05-08T11:00', null, 1],
    ['2026-05-09', '2026-05-08', null, 1],
    ['2026-05-09T10:00', 'late', null, 1],
    ['2026-05-09T10:00', '2026-05-09', null, 0],
    ['2026-05-09T10:00', '2026-05-11', '2026-05-11T05:00:00.000Z', 1],
    ['2026-05-09', '2026-05-09T17:00', '2026-05-09T22:00:00.000Z', 0],
    ['2026-05-09T10:00', '', null, 0],
  ])('of %s until "%s" is %s', (start, end, instant, notes) => {
    const time = value(start, end);
    expect(time.endDate?.toISOString() ?? null).toBe(instant);
    expect(time.notes).toHaveLength(notes);
  });
});

describe('any input', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.constantFrom(
      '2026-05-09',
      'T',
      ' ',
      '08:30',
      '-0500',
      'Z',
      '[Europe/Paris]',
      '5/9/2026',
      'May 9, 2026',
      'pm',
      '24:00',
      'Sat, ',
    ),
  );
  const text = fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join(''));
  const zone = fc.constantFrom(null, chicago, 'America/Havana', 'Asia/Kathmandu', 'Africa/Cairo', 'nonsense');

  test('never throws, and is read again to the same value from its own ISO text', () => {
    fc.assert(
      fc.property(text, fc.option(text), zone, (startDate, endDate, timeZone) => {
        const result = normaliseEventTime({ startDate, endDate, timeZone });
        if (result.ok) expectSameAgain(result.value);
      }),
      { numRuns: 500 },
    );
  });

  test('gives the same value again for every kind of well-formed text', () => {
    const moment = fc.date({ min: new Date('1950-01-01'), max: new Date('2090-01-01'), noInvalidDate: true });
    const written = moment.chain((date) =>
      fc.constantFrom(date.toISOString(), date.toISOString().slice(0, 10), date.toISOString().slice(0, 16)),
    );
    const zones = fc.constantFrom(
      chicago,
      'America/Havana',
      'Australia/Lord_Howe',
      'Africa/Cairo',
      'Europe/Dublin',
    );
    fc.assert(
      fc.property(written, fc.option(written), zones, (startDate, endDate, timeZone) => {
        expectSameAgain(value(startDate, endDate, timeZone));
      }),
      { numRuns: 500 },
    );
  });
});

/** Days are written as days: their instants would say less than the value does. */
function expectSameAgain(time: EventTime): void {
  const dayOf = (date: Date): string =>
    Temporal.Instant.fromEpochMilliseconds(date.getTime())
      .toZonedDateTimeISO(time.timeZone)
      .toPlainDate()
      .toString();
  const again = normaliseEventTime({
    startDate: time.timeKnown ? time.startDate.toISOString() : dayOf(time.startDate),
    endDate: time.endDate === null ? null : time.allDay ? dayOf(time.endDate) : time.endDate.toISOString(),
    timeZone: time.timeZone,
  });
  expect(again).toMatchObject({ ok: true, value: { ...time, notes: [] } });
}
