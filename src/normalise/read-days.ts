const stems = ['mo', 'tu', 'we', 'th', 'fr', 'sa', 'su'];
const name =
  /^(?:mo(?:n(?:day)?)?|tu(?:e(?:s(?:day)?)?)?|we(?:d(?:s|nesday)?)?|th(?:u(?:r(?:s(?:day)?)?)?)?|fr(?:i(?:day)?)?|sa(?:t(?:urday)?)?|su(?:n(?:day)?)?)s?\.?$/i;
const everyDay = [0, 1, 2, 3, 4, 5, 6];
const words: Readonly<Record<string, readonly number[]>> = {
  '': everyDay,
  daily: everyDay,
  everyday: everyDay,
  'every day': everyDay,
  'all days': everyDay,
  '7 days a week': everyDay,
  weekdays: [0, 1, 2, 3, 4],
  weekday: [0, 1, 2, 3, 4],
  weekends: [5, 6],
  weekend: [5, 6],
};

/**
 * Days of the week from their English names, abbreviations or schema.org addresses, single, in lists and in
 * ranges: "Mo-Fr", "Monday, Wednesday & Friday", "Sa to Mo" (over the end of the week), "weekdays". An empty
 * text is every day.
 *
 * @returns numbers from 0 for Monday, in no order; null when any part is not understood (also for public
 *   holidays, which are no day of the week)
 */
export function readDays(text: string): number[] | null {
  const plain = text
    .replace(/https?:\/\/(?:www\.)?(?:schema\.org|purl\.org\/goodrelations\/v1#?)\/?/gi, '')
    .trim()
    .replace(/[:,]+$/, '')
    .trim();
  const word = plain.toLowerCase();
  if (Object.hasOwn(words, word)) return [...(words[word] ?? [])];
  const days: number[] = [];
  const joined = plain.replace(/\s*(?:-|–|—|\bto\b|\bthrough\b|\bthru\b)\s*/gi, '-');
  for (const part of joined.split(/\s*(?:,|&|\/|\+|\band\b)\s*|\s+/i)) {
    const [from = '', to, surplus] = part.split('-');
    const first = dayNumber(from);
    const last = to === undefined ? first : dayNumber(to);
    if (first === null || last === null || surplus !== undefined) return null;
    for (let day = first; ; day = (day + 1) % 7) {
      days.push(day);
      if (day === last) break;
    }
  }
  return days;
}

function dayNumber(text: string): number | null {
  const written = text.trim();
  if (!name.test(written)) return null;
  const stem = written.slice(0, 2).toLowerCase();
  const day = stems.indexOf(stem);
  return day === -1 ? null : day;
}
