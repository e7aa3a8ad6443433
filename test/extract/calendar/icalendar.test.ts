import { expect, test } from 'vitest';
import { readCalendar } from '../../../src/extract/calendar/icalendar.ts';
import type { Thing } from '../../../src/extract/item.ts';
import { cpuTimeOf } from '../../helpers/cpu-time.ts';

const now = Temporal.Instant.from('2026-05-01T00:00:00Z');

const calendar = (...lines: string[]) => ['BEGIN:VCALENDAR', ...lines, 'END:VCALENDAR', ''].join('\r\n');
const event = (...lines: string[]) => ['BEGIN:VEVENT', ...lines, 'END:VEVENT'].join('\r\n');

function read(text: string) {
  const { items, problems } = readCalendar(text, { now });
  return { things: items.map(({ thing }) => thing), codes: problems.map(({ code }) => code) };
}

function one(...lines: string[]): Thing {
  const { things, codes } = read(calendar(event(...lines)));
  expect(codes).toEqual([]);
  expect(things).toHaveLength(1);
  return things[0] ?? { '@type': [] };
}

const starts = (things: readonly Thing[]) => things.map(({ startDate }) => startDate);

test('an event is written in the words of schema.org', () => {
  const thing = one(
    'UID:42@example.org',
    String.raw`SUMMARY:Jazz\, Blues\; and more`,
    String.raw`DESCRIPTION:One\nTwo \\ three`,
    'DTSTART;TZID=America/Chicago:20260509T083000',
    'DTEND;TZID=America/Chicago:20260509T103000',
    'URL:https://example.org/e/42?a=1;b=2',
    String.raw`LOCATION:City Hall\, Room 3`,
    'GEO:41.88;-87.63',
    'STATUS:CONFIRMED',
    'ORGANIZER;CN="Arts, Inc.":mailto:arts@example.org',
    String.raw`CATEGORIES:Music,Arts\, Crafts`,
    'CATEGORIES:Free',
    'ATTACH;FMTTYPE=image/jpeg:https://example.org/p.jpg',
  );
  expect(thing).toEqual({
    '@type': ['Event'],
    identifier: '42@example.org',
    name: 'Jazz, Blues; and more',
    description: 'One\nTwo \\ three',
    startDate: '2026-05-09T08:30:00[America/Chicago]',
    endDate: '2026-05-09T10:30:00[America/Chicago]',
    url: 'https://example.org/e/42?a=1;b=2',
    location: {
      '@type': ['Place'],
      name: 'City Hall, Room 3',
      geo: { '@type': ['GeoCoordinates'], latitude: 41.88, longitude: -87.63 },
    },
    eventStatus: 'EventScheduled',
    organizer: { '@type': ['Thing'], name: 'Arts, Inc.', email: 'arts@example.org' },
    keywords: ['Music', 'Arts, Crafts', 'Free'],
    image: 'https://example.org/p.jpg',
  });
});

test.each([
  ['in UTC', 'DTSTART:20260509T133000Z', '2026-05-09T13:30:00Z'],
  ['floating', 'DTSTART:20260509T083000', '2026-05-09T08:30:00'],
  ['of a day', 'DTSTART;VALUE=DATE:20260509', '2026-05-09'],
  ['of a day that does not say so', 'DTSTART:20260509', '2026-05-09'],
  ['with dashes', 'DTSTART:2026-05-09T08:30:00', '2026-05-09T08:30:00'],
  ['in a zone that is UTC', 'DTSTART;TZID=Etc/UTC:20260509T083000', '2026-05-09T08:30:00Z'],
])('a start %s is written as such', (_what, line, startDate) => {
  expect(one(line).startDate).toBe(startDate);
});

test.each([
  ['the day after, for one day', ['DTSTART;VALUE=DATE:20260509', 'DTEND;VALUE=DATE:20260510'], '2026-05-09'],
  ['the day after the third', ['DTSTART;VALUE=DATE:20260509', 'DTEND;VALUE=DATE:20260512'], '2026-05-11'],
  ['missing, for one day', ['DTSTART;VALUE=DATE:20260509'], '2026-05-09'],
  [
    'the same day, which is wrong but meant',
    ['DTSTART;VALUE=DATE:20260509', 'DTEND;VALUE=DATE:20260509'],
    '2026-05-09',
  ],
  ['a duration of two days', ['DTSTART;VALUE=DATE:20260509', 'DURATION:P2D'], '2026-05-10'],
  ['a duration of hours', ['DTSTART:20260509T230000', 'DURATION:PT1H30M'], '2026-05-10T00:30:00'],
  ['missing, for a moment', ['DTSTART:20260509T230000'], undefined],
  ['before the start', ['DTSTART:20260509T230000', 'DTEND:20260508T230000'], undefined],
])('an end that is %s is the last day or moment', (_what, lines, endDate) => {
  expect(one(...lines).endDate).toBe(endDate);
});

test('a cancelled event is said to be, and so is everything in a METHOD:CANCEL file', () => {
  expect(one('DTSTART:20260509', 'STATUS:CANCELLED').eventStatus).toBe('EventCancelled');
  expect(read(calendar('METHOD:CANCEL', event('DTSTART:20260509'))).things[0]?.eventStatus).toBe(
    'EventCancelled',
  );
  expect(one('DTSTART:20260509', 'STATUS:TENTATIVE').eventStatus).toBeUndefined();
});

test('an unknown zone is a problem, and the time a local one', () => {
  const { things, codes } = read(calendar(event('DTSTART;TZID=Narnia:20260509T083000')));
  expect(starts(things)).toEqual(['2026-05-09T08:30:00']);
  expect(codes).toEqual(['calendar-zone-unknown']);
});

test('backslashes that were escaped twice do not reach the reader', () => {
  expect(one('DTSTART:20260509', String.raw`SUMMARY:Tom\\, Dick \"and\" Harry`).name).toBe(
    'Tom, Dick "and" Harry',
  );
});

test('a series is written out on the clock, through the change to winter time, without its exceptions', () => {
  const { things } = read(
    calendar(
      event(
        'UID:s',
        'SUMMARY:Class',
        'DTSTART;TZID=Europe/Berlin:20261023T190000',
        'DTEND;TZID=Europe/Berlin:20261023T203000',
        'RRULE:FREQ=DAILY;COUNT=5',
        'EXDATE;TZID=Europe/Berlin:20261024T190000',
        'RDATE;TZID=Europe/Berlin:20261101T100000',
      ),
    ),
  );
  expect(things.map(({ startDate, endDate }) => [startDate, endDate])).toEqual([
    ['2026-10-23T19:00:00[Europe/Berlin]', '2026-10-23T20:30:00[Europe/Berlin]'],
    ['2026-10-25T19:00:00[Europe/Berlin]', '2026-10-25T20:30:00[Europe/Berlin]'],
    ['2026-10-26T19:00:00[Europe/Berlin]', '2026-10-26T20:30:00[Europe/Berlin]'],
    ['2026-10-27T19:00:00[Europe/Berlin]', '2026-10-27T20:30:00[Europe/Berlin]'],
    ['2026-11-01T10:00:00[Europe/Berlin]', '2026-11-01T11:30:00[Europe/Berlin]'],
  ]);
  expect(new Set(things.map(({ identifier }) => identifier))).toEqual(new Set(['s']));
  expect(things[1]?.recurrenceId).toBe('2026-10-25T19:00:00[Europe/Berlin]');
});

test('an override replaces its instance and keeps the original start as recurrenceId', () => {
  const { things } = read(
    calendar(
      event(
        'UID:s',
        'SUMMARY:Class',
        'LOCATION:Hall',
        'DTSTART;TZID=Europe/Berlin:20260511T190000',
        'RRULE:FREQ=WEEKLY;COUNT=3',
      ),
      event(
        'UID:s',
        'RECURRENCE-ID:20260518T170000Z',
        'SUMMARY:Class, moved',
        'DTSTART;TZID=Europe/Berlin:20260519T200000',
      ),
      event(
        'UID:s',
        'RECURRENCE-ID;TZID=Europe/Berlin:20260525T190000',
        'DTSTART;TZID=Europe/Berlin:20260525T190000',
        'STATUS:CANCELLED',
      ),
    ),
  );
  expect(things).toMatchObject([
    { name: 'Class', startDate: '2026-05-11T19:00:00[Europe/Berlin]' },
    {
      name: 'Class, moved',
      startDate: '2026-05-19T20:00:00[Europe/Berlin]',
      recurrenceId: '2026-05-18T19:00:00[Europe/Berlin]',
    },
    { name: 'Class', eventStatus: 'EventCancelled', location: { name: 'Hall' } },
  ]);
  expect(things).toHaveLength(3);
});

test('an override whose series is not in the file is an event of its own', () => {
  const { things } = read(
    calendar(event('UID:s', 'RECURRENCE-ID:20200518T170000Z', 'DTSTART:20200519T170000Z')),
  );
  expect(things).toMatchObject([{ startDate: '2020-05-19T17:00:00Z', recurrenceId: '2020-05-18T17:00:00Z' }]);
});

test('a series is given from 31 days ago to 400 days ahead, other events whenever they are', () => {
  const { things } = read(
    calendar(event('DTSTART:20200101T100000Z', 'RRULE:FREQ=DAILY'), event('DTSTART:19990101T100000Z')),
  );
  expect([things[0]?.startDate, things.at(-2)?.startDate, things.at(-1)?.startDate]).toEqual([
    '2026-03-31T10:00:00Z',
    '2027-06-04T10:00:00Z',
    '1999-01-01T10:00:00Z',
  ]);
});

test('UNTIL is included, in the series’ own zone, and a bare date includes its whole day', () => {
  const series = (until: string) =>
    starts(
      read(calendar(event('DTSTART;TZID=America/Chicago:20260511T190000', `RRULE:FREQ=DAILY;UNTIL=${until}`)))
        .things,
    );
  expect(series('20260513T000000Z')).toHaveLength(2);
  expect(series('20260512T235959Z')).toHaveLength(1);
  expect(series('20260513')).toHaveLength(3);
});

test('an EXDATE that is only a day takes out that day’s instances', () => {
  const { things } = read(
    calendar(event('DTSTART:20260511T190000', 'RRULE:FREQ=DAILY;COUNT=3', 'EXDATE;VALUE=DATE:20260512')),
  );
  expect(starts(things)).toEqual(['2026-05-11T19:00:00', '2026-05-13T19:00:00']);
});

test('a series of whole days has inclusive ends', () => {
  const { things } = read(
    calendar(event('DTSTART;VALUE=DATE:20260509', 'DTEND;VALUE=DATE:20260511', 'RRULE:FREQ=YEARLY')),
  );
  expect(things.map(({ startDate, endDate }) => [startDate, endDate])).toEqual([
    ['2026-05-09', '2026-05-10'],
    ['2027-05-09', '2027-05-10'],
  ]);
});

test('no series gives more than 500 instances, and a rule that cannot be read leaves its first date', () => {
  const clock = read(calendar(event('DTSTART:20260502T100000Z', 'RRULE:FREQ=MINUTELY')));
  expect(clock.things).toHaveLength(500);
  expect(clock.codes).toEqual(['calendar-recurrence-cut']);

  const nonsense = read(calendar(event('DTSTART:20260502T100000Z', 'RRULE:FREQ=SOMETIMES')));
  expect(starts(nonsense.things)).toEqual(['2026-05-02T10:00:00Z']);
  expect(nonsense.codes).toEqual(['calendar-recurrence-unreadable']);
});

test('of two versions of an event the one with the higher SEQUENCE stands', () => {
  const { things } = read(
    calendar(
      event('UID:a', 'DTSTART:20260509', 'SEQUENCE:2', 'SUMMARY:new'),
      event('UID:a', 'DTSTART:20260508', 'SEQUENCE:1', 'SUMMARY:old'),
    ),
  );
  expect(things.map(({ name }) => name)).toEqual(['new']);
});

test('what is broken costs itself and nothing else', () => {
  const { things, codes } = read(
    [
      'BEGIN:VCALENDAR',
      event('SUMMARY:no start'),
      event('DTSTART:not a date', 'SUMMARY:bad start'),
      'BEGIN:VEVENT',
      'SUMMARY:no end of component',
      'DTSTART:20260507',
      event('DTSTART:20260508', '=garbage', 'SUMMARY:bad line'),
      event('DTSTART;TZID="Europe/Berlin:20260509T100000', 'SUMMARY:open quote'),
      event('DTSTART:20260510', 'DESCRIPTION:first', 'second: line', 'SUMMARY:unfolded'),
      'BEGIN:VEVENT',
      'DTSTART:20260511',
      'SUMMARY:cut off',
    ].join('\n'),
  );
  expect(things.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['no end of component', 'bad line', 'unfolded', 'cut off']),
  );
  expect(things.find(({ name }) => name === 'unfolded')?.description).toBe('first\nsecond: line');
  expect(codes).toEqual(
    expect.arrayContaining([
      'calendar-line-unreadable',
      'calendar-truncated',
      'calendar-component-unreadable',
    ]),
  );
});

test('times and lengths beyond all bounds cost their event and nothing else', () => {
  const { things, codes } = read(
    calendar(
      event('DTSTART:20260509', 'DURATION:P99999999999999999999D'),
      event('DTSTART:99991231T235959Z', 'DURATION:P999999999W', 'RRULE:FREQ=DAILY'),
      event('DTSTART:99991231', 'DURATION:P99999999D'),
      event('DTSTART:00000101', 'DTEND:99991231', 'RRULE:FREQ=YEARLY', 'SUMMARY:old'),
    ),
  );
  expect(things.map(({ name }) => name)).toContain('old');
  expect(codes).toContain('calendar-component-unreadable');
});

test.each([
  ['junk lines', calendar(event('DTSTART:20260509', `SUMMARY:x\n${'junk line\n'.repeat(100_000)}`))],
  ['a line folded many times', calendar(event('DTSTART:20260509', `SUMMARY:${'a\n '.repeat(300_000)}`))],
  [
    'many exceptions',
    calendar(event('DTSTART:20260509', 'RRULE:FREQ=DAILY', `EXDATE:${'20260601,'.repeat(50_000)}`)),
  ],
  ['many series', calendar(`${event('UID:s', 'DTSTART:20260509', 'RRULE:FREQ=DAILY')}\n`.repeat(2_000))],
  ['events without ends', 'BEGIN:VEVENT\n'.repeat(100_000)],
  ['alarms without ends', `BEGIN:VCALENDAR\n${'BEGIN:VALARM\n'.repeat(100_000)}`],
])('a large file of %s is read in bounded time', (_, file) => {
  expect(cpuTimeOf(() => read(file))).toBeLessThan(5_000);
});

test('an alarm’s description is not the event’s', () => {
  const alarm = ['BEGIN:VALARM', 'DESCRIPTION:Wake up', 'END:VALARM'].join('\n');
  expect(one('DTSTART:20260509', alarm).description).toBeUndefined();
});

test('folded lines are joined, also inside an escape', () => {
  expect(one('DTSTART:20260509', 'SUMMARY:Jazz in\r\n  the Park\\\r\n\t, free').name).toBe(
    'Jazz in the Park, free',
  );
});
