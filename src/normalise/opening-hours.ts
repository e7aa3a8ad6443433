import { readDays } from './read-days.ts';
import { readHours } from './read-hours.ts';

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
