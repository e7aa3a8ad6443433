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

const dayCodes = ['Mo', 'Tu', 'We', 'Th', 'Fr', 'Sa', 'Su'] as const;
const maxEntries = 200;
const maxLength = 500;
/** "Mo-Fr 09:00-17:00" ends where the next group of days begins. */
const nextGroup =
  /(?<=\d|[ap]\.?m\.?|noon|midday|midnight|closed|hours)(?:[,;.]?\s+|[,;])(?=(?:mo|tu|we|th|fr|sa|su|daily|every)[a-z]*\b)/i;

/**
 * Opening hours as a sorted list in schema.org's `openingHours` form, one range a line: "Mo-Fr 09:00-12:00".
 * Days with the same range are joined; a range may run past midnight ("Fr 22:00-02:00"); the whole day is
 * "00:00-23:59", as schema.org's examples and Google write it.
 *
 * Read are `openingHours` texts, `openingHoursSpecification` objects, and lists of both. Equal times are a whole
 * day ("4AM-4AM"), except 00:00 to 00:00 in an object, which means closed there. Objects with `validFrom` or
 * `validThrough` are exceptions for a season or a holiday and left out, like everything that cannot be read.
 *
 * @returns null when nothing could be read
 */
export function normaliseOpeningHours(value: unknown): string[] | null {
  const days = new Map<string, Set<number>>();
  const add = (range: string, on: number[]): void => {
    const known = days.get(range) ?? new Set();
    for (const day of on) known.add(day);
    days.set(range, known);
  };
  for (const entry of Array.isArray(value) ? value.flat().slice(0, maxEntries) : [value]) {
    if (typeof entry === 'string') readText(entry, add);
    else if (typeof entry === 'object' && entry !== null) readSpecification(entry, add);
  }
  const lines: { line: string; first: number; range: string }[] = [];
  for (const [range, on] of days) {
    for (const [first, last] of runs(on)) {
      const name = first === last ? dayCodes[first] : `${dayCodes[first]}-${dayCodes[last]}`;
      lines.push({ line: `${name} ${range}`, first, range });
    }
  }
  if (lines.length === 0) return null;
  lines.sort((a, b) => a.first - b.first || (a.range < b.range ? -1 : 1));
  return lines.map(({ line }) => line);
}

function readText(text: string, add: (range: string, on: number[]) => void): void {
  if (text.length > maxLength) return;
  for (const group of text
    .replace(/\s+/g, ' ')
    .trim()
    .split(/[;\n|]/)) {
    for (const part of group.split(nextGroup)) readGroup(part.trim(), add);
  }
}

/** One group: days, then hours. Days alone are open all day, hours alone hold every day. */
function readGroup(text: string, add: (range: string, on: number[]) => void): void {
  if (text === '') return;
  const hoursAt = text.search(/\d|\b(?:noon|midday|midnight|closed|open)\b/i);
  const on = readDays(hoursAt === -1 ? text : text.slice(0, hoursAt));
  if (on === null) return;
  const ranges = hoursAt === -1 ? ['00:00-23:59'] : readHours(text.slice(hoursAt));
  for (const range of ranges ?? []) add(range, on);
}

function readSpecification(entry: object, add: (range: string, on: number[]) => void): void {
  if (isSet(Reflect.get(entry, 'validFrom')) || isSet(Reflect.get(entry, 'validThrough'))) return;
  const opens = Reflect.get(entry, 'opens');
  const closes = Reflect.get(entry, 'closes');
  if (typeof opens !== 'string' || typeof closes !== 'string') return;
  if (/^00:00(?::00)?$/.test(opens) && opens.slice(0, 5) === closes.slice(0, 5)) return;
  const [range] = readHours(`${withoutZone(opens)}-${withoutZone(closes)}`) ?? [];
  if (range === undefined) return;
  const dayOfWeek = Reflect.get(entry, 'dayOfWeek');
  const named = Array.isArray(dayOfWeek) ? dayOfWeek.slice(0, 10) : [dayOfWeek];
  if (!named.some(isSet)) add(range, readDays('') ?? []);
  for (const name of named) {
    const on =
      typeof name === 'object' && name !== null
        ? (Reflect.get(name, '@id') ?? Reflect.get(name, 'name'))
        : name;
    if (typeof on === 'string' && on.trim() !== '' && on.length < 100) add(range, readDays(on) ?? []);
  }
}

/** schema.org's Time allows an offset ("09:00:00-05:00"); hours are local all the same. */
function withoutZone(time: string): string {
  return time.trim().replace(/(?<=\d{2}:\d{2}(?::\d{2})?)(?:Z|[+-]\d{2}:?\d{2})$/, '');
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

/** Consecutive days, first and last. Sunday and Monday are not joined: lists begin on Monday. */
function runs(on: Set<number>): [number, number][] {
  const result: [number, number][] = [];
  for (let day = 0; day < 7; day += 1) {
    if (!on.has(day)) continue;
    const last = result.at(-1);
    if (last !== undefined && last[1] === day - 1) last[1] = day;
    else result.push([day, day]);
  }
  return result;
}
