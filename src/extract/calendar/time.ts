import { findIana } from 'windows-iana';
import type { CalendarComponent, CalendarProperty } from './lines.ts';

/** Finds the IANA zone that a calendar means by a TZID; null when there is none. */
export type ZoneFinder = (tzid: string) => string | null;

/**
 * Makes the zone finder of one calendar. In order: an IANA name, an IANA name behind a vendor's prefix
 * ("/mozilla.org/20050126_1/Europe/Berlin"), a Windows name, the VTIMEZONE's X-LIC-LOCATION, the zone
 * that has the VTIMEZONE's rules, the fixed offset of a VTIMEZONE without daylight time, the calendar's
 * X-WR-TIMEZONE.
 */
export function zoneFinder(calendar: CalendarComponent): ZoneFinder {
  const known = new Map<string, string | null>();
  return (tzid) => {
    let zone = known.get(tzid);
    if (zone === undefined) {
      zone = zoneOfName(tzid) ?? zoneOfDefinition(tzid, calendar) ?? defaultZone(calendar);
      known.set(tzid, zone);
    }
    return zone;
  };
}

/** The IANA zone of a name, which may be a Windows name or have a prefix; "UTC" for all names of UTC. */
export function zoneOfName(name: string): string | null {
  const parts = name.trim().replaceAll('"', '').split('/');
  for (let start = 0; start < parts.length; start += 1) {
    const zone = ianaZone(parts.slice(start).join('/'));
    if (zone !== null) return zone;
  }
  const windowsName = name.trim().replaceAll('"', '');
  const [windows] = findIana(windowsName, '001');
  return windows ?? zoneOfDisplayName(windowsName);
}

const utcNames = /^(?:UTC|Etc\/UTC|Etc\/UCT|UCT|GMT|Etc\/GMT|Etc\/Zulu|Zulu|Z|Etc\/Universal|Universal)$/i;

function ianaZone(name: string): string | null {
  if (utcNames.test(name)) return 'UTC';
  if (!/^[A-Za-z]/.test(name)) return null;
  try {
    return new Temporal.ZonedDateTime(0n, name).timeZoneId;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Outlook also writes the name that its menu shows: "(UTC-05:00) Eastern Time (US & Canada)". */
function zoneOfDisplayName(name: string): string | null {
  const label = name.replace(/^\((?:UTC|GMT)[^)]*\)\s*/i, '').trim();
  return displayNames.get(label.toLowerCase()) ?? null;
}

const displayNames: ReadonlyMap<string, string> = new Map([
  ['eastern time (us & canada)', 'America/New_York'],
  ['eastern time (us and canada)', 'America/New_York'],
  ['eastern time', 'America/New_York'],
  ['central time (us & canada)', 'America/Chicago'],
  ['central time (us and canada)', 'America/Chicago'],
  ['central time', 'America/Chicago'],
  ['mountain time (us & canada)', 'America/Denver'],
  ['mountain time (us and canada)', 'America/Denver'],
  ['mountain time', 'America/Denver'],
  ['arizona', 'America/Phoenix'],
  ['pacific time (us & canada)', 'America/Los_Angeles'],
  ['pacific time (us and canada)', 'America/Los_Angeles'],
  ['pacific time (us & canada); tijuana', 'America/Los_Angeles'],
  ['pacific time', 'America/Los_Angeles'],
  ['alaska', 'America/Anchorage'],
  ['hawaii', 'Pacific/Honolulu'],
  ['atlantic time (canada)', 'America/Halifax'],
  ['newfoundland', 'America/St_Johns'],
  ['dublin, edinburgh, lisbon, london', 'Europe/London'],
  ['greenwich mean time : dublin, edinburgh, lisbon, london', 'Europe/London'],
  ['amsterdam, berlin, bern, rome, stockholm, vienna', 'Europe/Berlin'],
  ['brussels, copenhagen, madrid, paris', 'Europe/Paris'],
  ['belgrade, bratislava, budapest, ljubljana, prague', 'Europe/Budapest'],
  ['sarajevo, skopje, warsaw, zagreb', 'Europe/Warsaw'],
  ['helsinki, kyiv, riga, sofia, tallinn, vilnius', 'Europe/Kiev'],
  ['athens, bucharest', 'Europe/Bucharest'],
  ['canberra, melbourne, sydney', 'Australia/Sydney'],
  ['osaka, sapporo, tokyo', 'Asia/Tokyo'],
  ['chennai, kolkata, mumbai, new delhi', 'Asia/Kolkata'],
  ['coordinated universal time', 'UTC'],
]);

function zoneOfDefinition(tzid: string, calendar: CalendarComponent): string | null {
  const definition = calendar.components.find(
    (component) => component.name === 'VTIMEZONE' && rawOf(component, 'TZID') === tzid,
  );
  if (definition === undefined) return null;
  const location = rawOf(definition, 'X-LIC-LOCATION');
  const zone = location === null ? null : zoneOfName(location);
  if (zone !== null) return zone;
  const standard = newestRule(definition, 'STANDARD');
  const daylight = newestRule(definition, 'DAYLIGHT');
  if (standard === null) return null;
  return daylight === null ? fixedOffset(standard.offset) : zoneOfRules(standard.offset, daylight);
}

interface ZoneRule {
  /** As in TZOFFSETTO: "-0500". */
  offset: string;
  /** Day from which the rule holds, as in DTSTART. */
  since: string;
  /** Month in which it begins each year, 1 to 12. */
  month: number;
}

/** A definition may give several rules for several times; the newest is the one in force. */
function newestRule(definition: CalendarComponent, name: string): ZoneRule | null {
  const rules = definition.components
    .filter((component) => component.name === name)
    .map((component) => {
      const since = rawOf(component, 'DTSTART') ?? '';
      const byMonth = /BYMONTH=(\d+)/i.exec(rawOf(component, 'RRULE') ?? '')?.[1];
      const offset = (rawOf(component, 'TZOFFSETTO') ?? '').replace(/^([+-]\d{4})00$/, '$1');
      return { offset, since, month: Number(byMonth ?? since.slice(4, 6)) };
    })
    .sort((a, b) => (a.since < b.since ? -1 : 1));
  return rules.at(-1) ?? null;
}

/**
 * The zones whose rules Outlook writes out under names of its own ("Customized Time Zone 1"), by standard
 * offset, daylight offset and the month in which daylight time begins.
 */
const zonesByRules: ReadonlyMap<string, string> = new Map([
  ['-0330 -0230 3', 'America/St_Johns'],
  ['-0400 -0300 3', 'America/Halifax'],
  ['-0500 -0400 3', 'America/New_York'],
  ['-0600 -0500 3', 'America/Chicago'],
  ['-0700 -0600 3', 'America/Denver'],
  ['-0800 -0700 3', 'America/Los_Angeles'],
  ['-0900 -0800 3', 'America/Anchorage'],
  ['+0000 +0100 3', 'Europe/London'],
  ['+0100 +0200 3', 'Europe/Berlin'],
  ['+0200 +0300 3', 'Europe/Helsinki'],
  ['+0930 +1030 10', 'Australia/Adelaide'],
  ['+1000 +1100 10', 'Australia/Sydney'],
  ['+1200 +1300 9', 'Pacific/Auckland'],
]);

function zoneOfRules(standardOffset: string, daylight: ZoneRule): string | null {
  return zonesByRules.get(`${standardOffset} ${daylight.offset} ${daylight.month}`) ?? null;
}

function fixedOffset(offset: string): string | null {
  const match = /^([+-])(\d{2})(\d{2})(?:00)?$/.exec(offset);
  if (match === null) return null;
  const [, sign, hours, minutes] = match;
  if (hours === '00' && minutes === '00') return 'UTC';
  return Number(hours) < 24 && Number(minutes) < 60 ? `${sign}${hours}:${minutes}` : null;
}

function defaultZone(calendar: CalendarComponent): string | null {
  const name = rawOf(calendar, 'X-WR-TIMEZONE');
  return name === null ? null : zoneOfName(name);
}

function rawOf(component: CalendarComponent, name: string): string | null {
  return component.properties.find((property) => property.name === name)?.raw ?? null;
}

/** A DATE or DATE-TIME of a calendar (RFC 5545 §3.3.4, §3.3.5). */
export interface CalendarTime {
  /** What the clock on the wall shows; midnight for a date. */
  wall: Temporal.PlainDateTime;
  /** IANA name or offset, "UTC" for UTC, null for a floating time or a date. */
  zone: string | null;
  dateOnly: boolean;
}

const shape = /^(\d{4})-?(\d{2})-?(\d{2})(?:[T ](\d{2}):?(\d{2})(?::?(\d{2}))?(?:\.\d+)?(Z)?)?$/i;

/**
 * Reads one value of a date property. A time with a TZID that no zone is known for is floating.
 *
 * @param value one value; of a period, its start
 * @param onUnknownZone told of each TZID that no zone is known for
 * @returns null when it is no date
 */
export function readCalendarTime(
  value: string,
  property: CalendarProperty,
  findZone: ZoneFinder,
  onUnknownZone: (tzid: string) => void,
): CalendarTime | null {
  const match = shape.exec(value.trim());
  if (match === null) return null;
  const [, year, month, day, hour, minute, second, utc] = match;
  const wall = plainDateTime([year, month, day, hour, minute, second].map((part) => Number(part ?? 0)));
  if (wall === null) return null;
  if (hour === undefined) return { wall, zone: null, dateOnly: true };
  if (property.parameters.get('value')?.toUpperCase() === 'DATE') {
    return { wall: wall.withPlainTime(), zone: null, dateOnly: true };
  }
  if (utc !== undefined) return { wall, zone: 'UTC', dateOnly: false };
  const tzid = property.parameters.get('tzid')?.trim();
  if (tzid === undefined || tzid === '') return { wall, zone: null, dateOnly: false };
  const zone = findZone(tzid);
  if (zone === null) onUnknownZone(tzid);
  return { wall, zone, dateOnly: false };
}

/**
 * Writes a time as items have it: "2026-05-09", "2026-05-09T08:30:00", "2026-05-09T13:30:00Z" or, with a
 * zone, "2026-05-09T08:30:00[America/Chicago]" (RFC 9557).
 */
export function formatCalendarTime({ wall, zone, dateOnly }: CalendarTime): string {
  if (dateOnly) return wall.toPlainDate().toString();
  const text = wall.toString({ smallestUnit: 'second' });
  if (zone === null) return text;
  return zone === 'UTC' ? `${text}Z` : `${text}[${zone}]`;
}

/** The same moment as the clocks of another zone show it; dates and floating times are as they are. */
export function inZone(time: CalendarTime, zone: string | null): CalendarTime {
  if (time.dateOnly || time.zone === null || zone === null || time.zone === zone) return time;
  const wall = time.wall.toZonedDateTime(time.zone).withTimeZone(zone).toPlainDateTime();
  return { wall, zone, dateOnly: false };
}

function plainDateTime(parts: readonly number[]): Temporal.PlainDateTime | null {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts;
  try {
    const date = Temporal.PlainDate.from({ year, month, day }, { overflow: 'reject' });
    if (hour === 24 && minute === 0) return date.add({ days: 1 }).toPlainDateTime();
    return date.toPlainDateTime(
      Temporal.PlainTime.from({ hour, minute, second: Math.min(second, 59) }, { overflow: 'reject' }),
    );
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
