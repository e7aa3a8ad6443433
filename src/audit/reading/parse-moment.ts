const secondsPerUnit: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400, w: 604_800 };

export interface MomentOptions {
  /** What a span is counted back from. */
  now?: Temporal.Instant | undefined;
  /** IANA zone of dates and times that name no offset; default: this machine's. */
  timeZone?: string | undefined;
}

/**
 * A moment from text: so long before now ("30m", "12h", "7d", "4w"), or a date or date-time in ISO 8601.
 *
 * @returns null when it is neither
 */
export function parseMoment(
  text: string,
  { now = Temporal.Now.instant(), timeZone = Temporal.Now.timeZoneId() }: MomentOptions = {},
): Date | null {
  const [, count, unit] = /^(\d{1,6})([mhdw])$/.exec(text) ?? [];
  const seconds = secondsPerUnit[unit ?? ''];
  if (count !== undefined && seconds !== undefined) {
    return new Date(now.epochMilliseconds - Number(count) * seconds * 1000);
  }
  if (!/^\d{4}-\d{2}-\d{2}/.test(text)) return null;
  try {
    const instant = /(?:Z|[+-]\d{2}:?\d{2})$/i.test(text.slice(10))
      ? Temporal.Instant.from(text)
      : Temporal.PlainDateTime.from(text).toZonedDateTime(timeZone).toInstant();
    return new Date(instant.epochMilliseconds);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
