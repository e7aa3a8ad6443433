const wholeDay = '00:00-23:59';
const clock =
  '(?:(\\d{1,2})(?:[:.]?(\\d{2})(?::\\d{2})?)? ?(?:([ap])\\.?m\\.?)?|(noon|midday|midnight))(?: ?(?:uhr|h))?';
const range = new RegExp(`^${clock} ?(?:-|–|—|to|until|till) ?${clock}$`, 'i');
const allDay = /^(?:open )?(?:24 ?(?:hours|hrs|h)(?: a day)?|24\/7|24-7|all day)$/i;

/**
 * Ranges of hours: "09:00-17:00", "9am - 5pm", "9-5 pm", "noon to midnight", "9:00-12:00, 13:00-17:00", "24 hours".
 * Where only the end says am or pm, the start is in the same half of the day unless that would put it after
 * the end ("9-5pm"). Equal times are a whole day.
 *
 * @returns each as "HH:MM-HH:MM"; an empty list for "closed"; null when any part is not understood
 */
export function readHours(text: string): string[] | null {
  const plain = text.trim().replace(/^[:,]\s*/, '');
  if (/^closed$/i.test(plain)) return [];
  if (allDay.test(plain)) return [wholeDay];
  const ranges: string[] = [];
  for (const part of plain.split(/\s*(?:,|;|&|\/|\band\b)\s*|(?<=\d|m) (?=\d|noon|midday|midnight)/i)) {
    const parts = range.exec(part);
    if (parts === null) return null;
    const [, h1, m1, half1, word1, h2, m2, half2, word2] = parts;
    // "9-5" could be anything, also a date or a price; "09-17" is written by those who mean hours.
    const bare = [m1, half1, word1, m2, half2, word2].every((written) => written === undefined);
    if (bare && !(h1?.length === 2 && h2?.length === 2)) return null;
    const closes = minutes(h2, m2, half2, word2);
    let opens = minutes(h1, m1, half1, word1);
    if (half1 === undefined && half2 !== undefined && word1 === undefined) {
      const sameHalf = minutes(h1, m1, half2, undefined);
      if (sameHalf !== null && closes !== null && sameHalf < closes) opens = sameHalf;
    }
    if (opens === null || closes === null) return null;
    ranges.push(opens % 1440 === closes % 1440 ? wholeDay : `${format(opens % 1440)}-${format(closes)}`);
  }
  return ranges;
}

function minutes(
  hours: string | undefined,
  minute: string | undefined,
  half: string | undefined,
  word: string | undefined,
): number | null {
  if (word !== undefined) return word.toLowerCase() === 'midnight' ? 1440 : 720;
  const hour = Number(hours);
  const past = Number(minute ?? 0);
  if (past > 59 || hour > 24 || (hour === 24 && past > 0)) return null;
  if (half === undefined) return hour * 60 + past;
  if (hour > 12) return half.toLowerCase() === 'p' && hour < 24 ? hour * 60 + past : null;
  return ((hour % 12) + (half.toLowerCase() === 'p' ? 12 : 0)) * 60 + past;
}

/** Midnight as an end is "23:59": readers that compare times take "00:00" and "24:00" for errors. */
function format(minute: number): string {
  const shown = minute === 1440 ? 1439 : minute;
  return `${String(Math.floor(shown / 60)).padStart(2, '0')}:${String(shown % 60).padStart(2, '0')}`;
}
