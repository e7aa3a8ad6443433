import lookUpTimeZone from '@photostructure/tz-lookup';
import type { WrittenDateTime } from './written-dates.ts';

/**
 * Names that ICU still calls canonical although the IANA database has renamed the zone. Without this list
 * "Asia/Calcutta" and "Asia/Kolkata" would be stored as two different zones.
 */
const renamed: Readonly<Record<string, string>> = {
  'Africa/Asmera': 'Africa/Asmara',
  'America/Buenos_Aires': 'America/Argentina/Buenos_Aires',
  'America/Catamarca': 'America/Argentina/Catamarca',
  'America/Coral_Harbour': 'America/Atikokan',
  'America/Cordoba': 'America/Argentina/Cordoba',
  'America/Godthab': 'America/Nuuk',
  'America/Indianapolis': 'America/Indiana/Indianapolis',
  'America/Jujuy': 'America/Argentina/Jujuy',
  'America/Louisville': 'America/Kentucky/Louisville',
  'America/Mendoza': 'America/Argentina/Mendoza',
  'Asia/Calcutta': 'Asia/Kolkata',
  'Asia/Katmandu': 'Asia/Kathmandu',
  'Asia/Rangoon': 'Asia/Yangon',
  'Asia/Saigon': 'Asia/Ho_Chi_Minh',
  'Atlantic/Faeroe': 'Atlantic/Faroe',
  'Europe/Kiev': 'Europe/Kyiv',
  'Pacific/Enderbury': 'Pacific/Kanton',
  'Pacific/Ponape': 'Pacific/Pohnpei',
  'Pacific/Truk': 'Pacific/Chuuk',
};

const known = new Map<string, string | null>();
/** Far above the number of zone names, so that only hostile input ever empties the memory. */
const maxKnown = 2_000;
const maxNameLength = 64;

/**
 * The IANA name of a time zone, in the spelling of the database ("america/chicago" → "America/Chicago").
 * Links are followed ("US/Central" → "America/Chicago"); every name of UTC becomes "UTC".
 *
 * @returns null for anything this Node has no rules for, and for bare offsets ("+02:00"): an offset does
 *   not say when daylight saving begins.
 */
export function normaliseTimeZone(value: string): string | null {
  if (value.length > maxNameLength) return null;
  const remembered = known.get(value);
  if (remembered !== undefined) return remembered;
  if (known.size >= maxKnown) known.clear();
  const name = lookUp(value.trim());
  known.set(value, name);
  return name;
}

function lookUp(name: string): string | null {
  if (!/^[A-Za-z][A-Za-z0-9_+\-/]*$/.test(name)) return null;
  try {
    // Temporal knows the IANA names only; ICU alone would also take its own old inventions ("ACT").
    new Temporal.ZonedDateTime(0n, name);
    const canonical = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
    return renamed[canonical] ?? canonical;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

let zones: Set<string | null> | null = null;

/**
 * Whether a time zone lies in the United States, where "7/8/2026" is the eighth of July. Canada is left out
 * on purpose: both orders are in use there.
 *
 * @param zone an IANA name as `normaliseTimeZone` gives it
 */
export function isAmericanZone(zone: string | null): boolean {
  if (zone === null) return false;
  zones ??= new Set((new Intl.Locale('und-US').getTimeZones() ?? []).map(normaliseTimeZone));
  return zones.has(zone);
}

interface Span {
  /** First instant of the span, in epoch milliseconds. */
  from: number;
  /** First instant after the span. */
  to: number;
  /** Local minus UTC, in milliseconds. */
  offset: number;
}

const spansOfZone = new Map<string, Span[]>();
/** Spans remembered per zone: two a year for a century. Hostile dates may not grow it further. */
const maxSpans = 200;

/**
 * How far a zone's clocks are ahead of UTC at an instant, in milliseconds (negative west of Greenwich).
 * Asking Temporal costs about a microsecond each time, so the stretches between two changes are remembered.
 *
 * @param zone an IANA name that `normaliseTimeZone` has accepted
 * @param epochMilliseconds the instant
 */
export function zoneOffset(zone: string, epochMilliseconds: number): number {
  let spans = spansOfZone.get(zone);
  if (spans === undefined) {
    spans = [];
    spansOfZone.set(zone, spans);
  }
  for (const span of spans) {
    if (epochMilliseconds >= span.from && epochMilliseconds < span.to) return span.offset;
  }
  const span = findSpan(zone, epochMilliseconds);
  if (spans.length >= maxSpans) spans.length = 0;
  spans.push(span);
  return span.offset;
}

function findSpan(zone: string, epochMilliseconds: number): Span {
  const moment = Temporal.Instant.fromEpochMilliseconds(epochMilliseconds).toZonedDateTimeISO(zone);
  // One step on, because a change exactly now begins the span and "previous" would skip it.
  const previous = moment.add({ nanoseconds: 1 }).getTimeZoneTransition('previous');
  const next = moment.getTimeZoneTransition('next');
  return {
    from: previous === null ? Number.NEGATIVE_INFINITY : previous.epochMilliseconds,
    to: next === null ? Number.POSITIVE_INFINITY : next.epochMilliseconds,
    offset: moment.offsetNanoseconds / 1e6,
  };
}

export interface LocalInstant {
  epochMilliseconds: number;
  /** "gap": clocks jumped over that time; "overlap": clocks showed it twice; null: it happened once. */
  oddity: 'gap' | 'overlap' | null;
}

const day = 86_400_000;

/**
 * The instant at which clocks in a zone show a wall time. A time that clocks skipped moves forward by the
 * length of the jump, and of a time shown twice the first is taken: Temporal's "compatible" rule, which is
 * also RFC 5545, section 3.3.5.
 *
 * @param zone an IANA name that `normaliseTimeZone` has accepted
 * @param wallMilliseconds the wall time written as if it were UTC, as from `Date.UTC`
 */
export function localInstant(zone: string, wallMilliseconds: number): LocalInstant {
  const before = zoneOffset(zone, wallMilliseconds - day);
  const after = zoneOffset(zone, wallMilliseconds + day);
  const early = wallMilliseconds - before;
  if (before === after) return { epochMilliseconds: early, oddity: null };
  const late = wallMilliseconds - after;
  const earlyHolds = zoneOffset(zone, early) === before;
  const lateHolds = zoneOffset(zone, late) === after;
  if (earlyHolds && lateHolds) return { epochMilliseconds: Math.min(early, late), oddity: 'overlap' };
  if (lateHolds) return { epochMilliseconds: late, oddity: null };
  return { epochMilliseconds: early, oddity: earlyHolds ? null : 'gap' };
}

const minute = 60_000;
const halfYear = 182 * 86_400_000;

/**
 * The instant that a written date and time means in a zone. A date alone is the first moment of that day.
 *
 * With an offset the instant is kept, with one exception: an offset that the zone uses, but in the other half
 * of the year. Sites that forget daylight saving write the right wall time with the wrong offset, so the wall
 * time counts. "Z" (offset 0) is always an instant.
 *
 * @param written what `readWrittenDateTime` gave
 * @param zone an IANA name that `normaliseTimeZone` has accepted
 * @param notes receives a sentence for everything that was not plain
 * @returns epoch milliseconds
 */
export function resolveInstant(written: WrittenDateTime, zone: string, notes: string[]): number {
  const wall = written.day + (written.time ?? 0);
  if (written.time !== null && written.offset !== null) {
    const instant = wall - written.offset * minute;
    const offset = zoneOffset(zone, instant) / minute;
    if (written.offset === 0 || offset === written.offset) return instant;
    const otherSeason =
      zoneOffset(zone, instant - halfYear) / minute === written.offset ||
      zoneOffset(zone, instant + halfYear) / minute === written.offset;
    if (!otherSeason) return instant;
    notes.push(
      `The offset ${formatOffset(written.offset)} is not in use in ${zone} on that day; the wall time was kept.`,
    );
  }
  const { epochMilliseconds, oddity } = localInstant(zone, wall);
  if (oddity === 'gap' && written.time !== null) {
    notes.push(`Clocks in ${zone} jumped over that time; it was moved forward by the length of the jump.`);
  }
  if (oddity === 'overlap' && written.time !== null) {
    notes.push(`Clocks in ${zone} showed that time twice; the first was taken.`);
  }
  return epochMilliseconds;
}

function formatOffset(minutes: number): string {
  const absolute = Math.abs(minutes);
  const hours = String(Math.floor(absolute / 60)).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${hours}:${String(absolute % 60).padStart(2, '0')}`;
}

const zoneOfCountry = new Map<string, string | null>();

/** Summers and winters at which a country's zones are compared. */
const probes = [2000, 2010, 2020, 2025].flatMap((year) => [Date.UTC(year, 0, 15), Date.UTC(year, 6, 15)]);

/**
 * The time zone in which a place lies: by its coordinates, else by its country, if all clocks of the country
 * agree (Germany: Büsingen and Berlin do; the United States: they do not).
 *
 * @param place coordinates in degrees and an ISO 3166-1 alpha-2 code, each null when not known
 * @returns an IANA name, or null when neither settles it
 */
export function timeZoneOfPlace(place: {
  latitude: number | null;
  longitude: number | null;
  country: string | null;
}): string | null {
  const { latitude, longitude, country } = place;
  if (latitude !== null && longitude !== null && Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180) {
    return normaliseTimeZone(lookUpTimeZone(latitude, longitude));
  }
  if (country === null || !/^[A-Z]{2}$/.test(country)) return null;
  let zone = zoneOfCountry.get(country);
  if (zone === undefined) {
    zone = onlyZoneOf(country);
    zoneOfCountry.set(country, zone);
  }
  return zone;
}

function onlyZoneOf(country: string): string | null {
  // The IANA database lists Kosovo under Belgrade; Unicode's tables, which Intl reads, list nothing for it.
  if (country === 'XK') return 'Europe/Belgrade';
  const zones = new Intl.Locale(`und-${country}`).getTimeZones() ?? [];
  const [first, ...others] = zones.map(normaliseTimeZone).filter((zone) => zone !== null);
  if (first === undefined) return null;
  const agree = others.every((other) =>
    probes.every((probe) => zoneOffset(other, probe) === zoneOffset(first, probe)),
  );
  return agree ? first : null;
}

/**
 * A zone for an event whose place is not known and whose text gives an offset only. IANA names for fixed
 * offsets exist for whole hours, with the sign turned round ("Etc/GMT+5" is five hours behind UTC). Other
 * offsets become UTC: the instant stays right, only the clock on the wall is not known.
 *
 * @param offset minutes ahead of UTC; null when none was written
 * @param notes receives a sentence when UTC stands in
 * @returns an IANA name, or null without an offset
 */
export function zoneOfOffset(offset: number | null, notes: string[]): string | null {
  if (offset === null) return null;
  if (offset === 0) return 'UTC';
  const hours = offset / 60;
  if (Number.isInteger(hours) && hours >= -12 && hours <= 14)
    return `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}`;
  notes.push(
    'No time zone is known and the offset is not in whole hours; UTC is used instead, the instant is right.',
  );
  return 'UTC';
}
