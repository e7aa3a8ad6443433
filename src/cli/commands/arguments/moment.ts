import { parseMoment } from '../../../audit/read/index.ts';
import { usageError } from './parse-arguments.ts';

/**
 * A moment from an option's text, as `parseMoment` reads it; undefined when the option was not given.
 * @throws HotspotsError USAGE when it is neither a span nor a date
 */
export function moment(
  command: string,
  option: string,
  text: string | undefined,
  now: Temporal.Instant = Temporal.Now.instant(),
): Date | undefined {
  if (text === undefined) return undefined;
  const parsed = parseMoment(text, { now });
  if (parsed !== null) return parsed;
  throw usageError(
    command,
    `${option} must be a span such as 30m, 12h, 7d or 2w, or a date such as 2027-03-01 or 2027-03-01T18:00Z; ` +
      `given: ${JSON.stringify(text)}.`,
  );
}
