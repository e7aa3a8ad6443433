import { normaliseCountry } from '../normalise/country.ts';
import { normaliseOpeningHours } from '../normalise/opening-hours.ts';
import { normaliseTelephone } from '../normalise/telephone.ts';
import { normaliseEmail, normaliseUrl } from '../normalise/web.ts';
import { normaliseTimeZone } from '../normalise/zones.ts';
import type { RecordValues } from './exported-record.ts';
import { cellData, isSaid } from './row-to-thing.ts';

/** A value that cannot be read. */
export interface UnreadValue {
  line: number;
  field: string;
  value: string;
}

type Reads = (text: string, country: string | null) => boolean;

const isAddress: Reads = (text) => normaliseUrl(text) !== null;
const isTruth: Reads = (text) => text === 'true' || text === 'false';
const isDate: Reads = (text) => !Number.isNaN(Date.parse(text));
const isNumber =
  (greatest: number): Reads =>
  (text) =>
    Math.abs(Number(text)) <= greatest;

/** What can be read, by field. What a crawl leaves out of a page without a word, a person must be told. */
const readers: Readonly<Record<string, Reads>> = {
  url: isAddress,
  image: isAddress,
  telephone: (text, country) => normaliseTelephone(text, country) !== null,
  email: (text) => normaliseEmail(text) !== null,
  addressCountry: (text) => normaliseCountry(text) !== null,
  latitude: isNumber(90),
  longitude: isNumber(180),
  openingHours: (text) => normaliseOpeningHours([cellData(text)].flat()) !== null,
  endDate: isDate,
  allDay: isTruth,
  timeKnown: isTruth,
  isAccessibleForFree: isTruth,
  timeZone: (text) => normaliseTimeZone(text) !== null,
  location: (text) => !text.startsWith('{') || typeof cellData(text) === 'object',
};

/** The values of a row without those that cannot be read, and these. What is left out stays as it is. */
export function readableValues(
  line: number,
  values: RecordValues,
  country: string | null,
): { values: RecordValues; unread: UnreadValue[] } {
  const own = typeof values.addressCountry === 'string' ? normaliseCountry(values.addressCountry) : null;
  const unread = Object.entries(values).flatMap(([field, value]): UnreadValue[] => {
    const text = textOf(value);
    const reads = Object.hasOwn(readers, field) ? readers[field] : undefined;
    if (text === '' || reads === undefined || reads(text, own ?? country)) return [];
    return [{ line, field, value: text.slice(0, 100) }];
  });
  const left = new Set(unread.map(({ field }) => field));
  return { values: Object.fromEntries(Object.entries(values).filter(([field]) => !left.has(field))), unread };
}

/** Empty for what says nothing. */
function textOf(value: unknown): string {
  if (!isSaid(value) || value === '[]' || (Array.isArray(value) && value.length === 0)) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
