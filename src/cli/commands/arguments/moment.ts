import { usageError } from './parse-arguments.ts';

const secondsPerUnit: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400, w: 604_800 };

/**
 * A moment from an option's text: so long before `now` ("7d", "12h"), or a date or date-time (ISO 8601) which
 * is local to this machine unless it names an offset.
 * @throws HotspotsError USAGE when it is neither
 */
export function moment(
  command: string,
  option: string,
  text: string | undefined,
  now: Temporal.Instant = Temporal.Now.instant(),
): Date | undefined {
  if (text === undefined) return undefined;
  const [, count, unit] = /^(\d{1,6})([mhdw])$/.exec(text) ?? [];
  const seconds = secondsPerUnit[unit ?? ''];
  if (count !== undefined && seconds !== undefined) {
    return new Date(now.epochMilliseconds - Number(count) * seconds * 1000);
  }
  const instant = parseIso(text);
  if (instant !== null) return new Date(instant.epochMilliseconds);
  throw usageError(
    command,
    `${option} must be a span such as 30m, 12h, 7d or 2w, or a date such as 2027-03-01 or 2027-03-01T18:00Z; ` +
      `given: ${JSON.stringify(text)}.`,
  );
}

function parseIso(text: string): Temporal.Instant | null {
  if (!/^\d{4}-\d{2}-\d{2}/.test(text)) return null;
  try {
    if (/(?:Z|[+-]\d{2}:?\d{2})$/i.test(text.slice(10))) return Temporal.Instant.from(text);
    return Temporal.PlainDateTime.from(text).toZonedDateTime(Temporal.Now.timeZoneId()).toInstant();
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
