export interface WrittenTime {
  /** Milliseconds since the beginning of the day; 86,400,000 for "24:00". */
  milliseconds: number;
  /** Minutes ahead of UTC, if an offset was written. */
  offset: number | null;
}

const clock =
  '(\\d{1,2})(?::(\\d{2})(?::(\\d{2})(?:[.,](\\d{1,9}))?)?)?(?: ?([ap])\\.?m\\.?)?|(?:12 ?)?(noon)';
const offset = '(?:gmt|utc|ut)? ?([+-])(\\d{1,2})(?::?(\\d{2}))?|(z|gmt|utc|ut)|([ecmp])([sd])t';
const time = new RegExp(`^(?:${clock})(?: ?(?:${offset}))?$`, 'i');
/** ISO 8601's basic format, "083000". */
const basic = /^(\d{2})(\d{2})(\d{2})?(?![\d:])/;
/** "(Central Daylight Time)", which JavaScript's Date writes after the offset. */
const comment = / \([A-Za-z .-]{1,40}\)$/;
/** RFC 5322, section 4.3: hours of the four North American zones in winter. */
const winterHours: Readonly<Record<string, number>> = { e: -5, c: -6, m: -7, p: -8 };

/**
 * Reads a time of day that takes up the whole text: "08:30", "083000", "8:30:00.000 pm", "9 a.m.", "noon", with
 * an offset ("-05:00", "-0500", "+02", "Z", "GMT-5") or one of the zone names of RFC 5322 ("CDT") behind it.
 *
 * A bare number is no time: "9" alone would be a guess.
 *
 * @param text white space already collapsed, without the separator between date and time
 * @param options.iso whether ISO 8601's own forms are allowed: "08", "0830", "083000"
 * @param options.zoneNames whether EST, CDT … may mean North America (elsewhere CST is China's)
 * @returns null when any part is not understood
 */
export function readWrittenTime(
  text: string,
  options: { iso: boolean; zoneNames: boolean },
): WrittenTime | null {
  let written = text.replace(comment, '');
  if (options.iso) {
    written = written.replace(basic, (_, h, m, s) => (s === undefined ? `${h}:${m}` : `${h}:${m}:${s}`));
  }
  const parts = time.exec(written);
  if (parts === null) return null;
  const [, hours, minutes, seconds, fraction, half, noon] = parts;
  const zone = readOffset(parts.slice(7), options.zoneNames);
  if (zone === undefined) return null;
  if (noon !== undefined) return { milliseconds: 12 * 3_600_000, offset: zone };
  if (minutes === undefined && half === undefined && !(options.iso && hours?.length === 2)) return null;
  const hour = hourOfDay(Number(hours), half?.toLowerCase());
  const minute = Number(minutes ?? 0);
  // A leap second has no place in Unix time: the second before it stands in.
  const second = seconds === '60' ? 59 : Number(seconds ?? 0);
  if (hour === null || minute > 59 || second > 59) return null;
  const thousandths = Number(`${fraction ?? ''}000`.slice(0, 3));
  const milliseconds = ((hour * 60 + minute) * 60 + second) * 1_000 + thousandths;
  return milliseconds > 86_400_000 ? null : { milliseconds, offset: zone };
}

function hourOfDay(hour: number, half: string | undefined): number | null {
  if (half === undefined) return hour <= 24 ? hour : null;
  // "13:00 PM" comes out of many templates and can mean one thing only; "13:00 AM" cannot mean anything.
  if (hour > 12) return half === 'p' && hour < 24 ? hour : null;
  return (hour % 12) + (half === 'p' ? 12 : 0);
}

/** @returns minutes; null when no offset was written; undefined when it is not possible or not allowed */
function readOffset(parts: (string | undefined)[], zoneNames: boolean): number | null | undefined {
  const [sign, hours, minutes, utc, zone, season] = parts;
  if (utc !== undefined) return 0;
  if (zone !== undefined) {
    const winter = winterHours[zone.toLowerCase()];
    if (winter === undefined || !zoneNames) return undefined;
    return (winter + (season?.toLowerCase() === 'd' ? 1 : 0)) * 60;
  }
  if (sign === undefined) return null;
  const total = Number(hours) * 60 + Number(minutes ?? 0);
  if (total > 18 * 60 || Number(minutes ?? 0) > 59) return undefined;
  return sign === '-' ? -total : total;
}
