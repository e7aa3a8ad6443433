import { expect, test } from 'vitest';
import { readCalendarLines } from '../../../src/extract/calendar/lines.ts';
import { zoneFinder, zoneOfName } from '../../../src/extract/calendar/time.ts';

test.each([
  ['America/Chicago', 'America/Chicago'],
  ['america/chicago', 'America/Chicago'],
  ['"Europe/Berlin"', 'Europe/Berlin'],
  ['/mozilla.org/20050126_1/Europe/Berlin', 'Europe/Berlin'],
  ['/freeassociation.sourceforge.net/Tzfile/America/Indiana/Indianapolis', 'America/Indiana/Indianapolis'],
  ['Eastern Standard Time', 'America/New_York'],
  ['W. Europe Standard Time', 'Europe/Berlin'],
  ['(UTC-05:00) Eastern Time (US & Canada)', 'America/New_York'],
  ['(GMT+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna', 'Europe/Berlin'],
  ['Etc/UTC', 'UTC'],
  ['GMT', 'UTC'],
  ['Narnia', null],
  ['+05:00', null],
  ['', null],
])('the name %s means %s', (name, zone) => {
  expect(zoneOfName(name)).toBe(zone);
});

function find(tzid: string, ...lines: string[]): string | null {
  const { root } = readCalendarLines(['BEGIN:VCALENDAR', ...lines, 'END:VCALENDAR'].join('\n'));
  const [calendar] = root.components;
  return calendar === undefined ? null : zoneFinder(calendar)(tzid);
}

const definition = (...lines: string[]) => ['BEGIN:VTIMEZONE', 'TZID:Mine', ...lines, 'END:VTIMEZONE'];
const rule = (kind: string, offset: string, month: number, since = '19700101T020000') => [
  `BEGIN:${kind}`,
  `DTSTART:${since}`,
  `RRULE:FREQ=YEARLY;BYMONTH=${month};BYDAY=2SU`,
  `TZOFFSETTO:${offset}`,
  `END:${kind}`,
];

test('a definition may name the zone', () => {
  expect(find('Mine', ...definition('X-LIC-LOCATION:Asia/Tokyo'))).toBe('Asia/Tokyo');
});

test('a definition without daylight time is a fixed offset', () => {
  expect(find('Mine', ...definition(...rule('STANDARD', '+0530', 1)))).toBe('+05:30');
});

test('a definition with daylight time is the zone that has its newest rules', () => {
  const rules = [
    ...rule('STANDARD', '-0500', 10),
    ...rule('DAYLIGHT', '-0400', 4),
    ...rule('STANDARD', '-0500', 11, '20071104T020000'),
    ...rule('DAYLIGHT', '-0400', 3, '20070311T020000'),
  ];
  expect(find('Mine', ...definition(...rules))).toBe('America/New_York');
});

test('rules that no zone has give nothing, and then the calendar’s own zone', () => {
  const strange = definition(...rule('STANDARD', '-0517', 10), ...rule('DAYLIGHT', '-0401', 4));
  expect(find('Mine', ...strange)).toBeNull();
  expect(find('Mine', 'X-WR-TIMEZONE:America/Denver', ...strange)).toBe('America/Denver');
});
