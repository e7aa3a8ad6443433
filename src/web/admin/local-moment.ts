/** A moment that a wall time means in a zone, or why it means none. */
export type LocalMoment =
  | { readonly date: Date; readonly problem: null }
  | { readonly date: null; readonly problem: string };

/**
 * Reads a wall time as `<input type="datetime-local">` sends it, "2027-03-01T18:00", with or without seconds. Of a time
 * that clocks showed twice the first is taken.
 *
 * @param timeZone the IANA zone in which it is meant
 */
export function localMoment(text: string, timeZone: string): LocalMoment {
  const wall = wallTime(text);
  if (wall === null) return problem('This must be a day and a time, as 2027-03-01T18:00.');
  const moment = wall.toZonedDateTime(timeZone);
  if (!moment.toPlainDateTime().equals(wall)) {
    return problem(`Clocks in ${timeZone} jumped over that time. Give one before or after it.`);
  }
  return { date: new Date(moment.epochMilliseconds), problem: null };
}

/** Null for what is no day or time, such as 30 February. */
function wallTime(text: string): Temporal.PlainDateTime | null {
  if (!/^[1-9]\d{3}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?$/.test(text)) return null;
  try {
    return Temporal.PlainDateTime.from(text, { overflow: 'reject' });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function problem(text: string): LocalMoment {
  return { date: null, problem: text };
}
