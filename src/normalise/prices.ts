let codes: Set<string> | null = null;

/** Signs that one currency alone uses. "$", "kr" and "¥" belong to several: they say nothing. */
const signs: Readonly<Record<string, string>> = {
  '€': 'EUR',
  '£': 'GBP',
  us$: 'USD',
  c$: 'CAD',
  ca$: 'CAD',
  a$: 'AUD',
  au$: 'AUD',
  nz$: 'NZD',
  r$: 'BRL',
  '₹': 'INR',
  '₩': 'KRW',
  '₺': 'TRY',
  '₴': 'UAH',
  '₽': 'RUB',
  '₪': 'ILS',
  '₫': 'VND',
  '₱': 'PHP',
  zł: 'PLN',
  kč: 'CZK',
  ft: 'HUF',
};

/**
 * A currency as its ISO 4217 code, from the code in any capitals or from a sign that only one currency uses.
 *
 * @returns null for anything else; a lone "$" is not guessed
 */
export function normaliseCurrency(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > 20) return null;
  const text = value.trim().toLowerCase();
  if (Object.hasOwn(signs, text)) return signs[text] ?? null;
  codes ??= new Set(Intl.supportedValuesOf('currency'));
  const code = text.toUpperCase();
  return codes.has(code) ? code : null;
}

export interface Price {
  /** Decimal text with exactly two places ("12.50"), as a NUMERIC(10, 2) column gives it back. */
  low: string;
  high: string;
  /** ISO 4217 code; null when not written, or written as a sign of several currencies. */
  currency: string | null;
}

const number = "\\d{1,9}(?:[., \u2019']\\d{3})*(?:[.,]\\d{1,20})?";
const sign = '[^\\d\\s.,:+-]{1,4}';
const range = new RegExp(
  `^(?:from|ab|starting at)? ?(${sign})?[: ]*(${number})(?:[.,]?-)? ?(${sign})?(?: ?(?:-|–|—|to) ?(${sign})? ?(${number}) ?(${sign})?)?$`,
  'i',
);
const free = /^(?:free|gratis|kostenlos|free admission|free entry|eintritt frei|gratuit|no charge)\.?!?$/i;
const max = 99_999_999;

/**
 * A price or a range of prices from a number or a text: "12.50", "€ 12,50", "1.234,50 EUR", "1,234.50",
 * "$10 - $20", "Free".
 *
 * Where one separator is followed by exactly three digits it groups thousands ("1.234", "1,234"), because
 * prices have no third decimal; the few currencies that do are rounded.
 *
 * @returns null when the text is not wholly understood, or the amount is above 99,999,999
 */
export function normalisePrice(value: unknown): Price | null {
  if (typeof value === 'number') {
    const amount = toPlaces(value);
    return amount === null ? null : { low: amount, high: amount, currency: null };
  }
  if (typeof value !== 'string' || value.length > 60) return null;
  const text = value.replace(/\s+/g, ' ').trim();
  if (free.test(text)) return { low: '0.00', high: '0.00', currency: null };
  const parts = range.exec(text);
  if (parts === null) return null;
  const [, before, first = '', after, beforeSecond, second, afterSecond] = parts;
  const low = toPlaces(readAmount(first));
  const high = second === undefined ? low : toPlaces(readAmount(second));
  if (low === null || high === null || Number(high) < Number(low)) return null;
  const marks = [before, after, beforeSecond, afterSecond].filter((mark) => mark !== undefined);
  const currencies = new Set(marks.map(normaliseCurrency));
  const [currency] = currencies;
  return { low, high, currency: currencies.size === 1 ? (currency ?? null) : null };
}

function readAmount(text: string): number {
  const last = Math.max(text.lastIndexOf('.'), text.lastIndexOf(','));
  const decimals = last === -1 ? 0 : text.length - last - 1;
  const separator = text[last];
  const repeated = separator !== undefined && text.indexOf(separator) !== last;
  const mixed = /\./.test(text) && /,/.test(text);
  const groups = last === -1 || repeated || (decimals === 3 && !mixed && !/^0[.,]/.test(text));
  const digits = (part: string): string => part.replace(/\D/g, '');
  if (groups) return Number(digits(text));
  return Number(`${digits(text.slice(0, last))}.${text.slice(last + 1)}`);
}

function toPlaces(amount: number): string | null {
  if (!(amount >= 0 && amount <= max)) return null;
  return (Math.round((amount + Number.EPSILON) * 100) / 100).toFixed(2);
}

export interface PriceRange {
  /** Decimal text with two places ("12.50"); null when no price is given. */
  lowPrice: string | null;
  highPrice: string | null;
  /** ISO 4217 code. */
  priceCurrency: string | null;
  /** True or false when the page says so, or when prices show it; null when nothing is known. */
  isFree: boolean | null;
}

interface Amount {
  low: string;
  high: string;
  currency: string | null;
}

const maxOffers = 200;
const maxDepth = 3;

/**
 * The range of prices in schema.org's `offers`: one Offer or AggregateOffer, a list of them, or a bare price.
 * With several currencies, those of the first count: a range across currencies would mean nothing.
 *
 * @param offers whatever the page gives
 * @param isAccessibleForFree schema.org's property of that name, if the page has it
 */
export function normaliseOffers(offers: unknown, isAccessibleForFree: unknown = null): PriceRange {
  const amounts: Amount[] = [];
  collect(offers, 0, amounts);
  const currency = amounts.find((amount) => amount.currency !== null)?.currency ?? null;
  const same = amounts.filter((amount) => amount.currency === null || amount.currency === currency);
  const said = readBoolean(isAccessibleForFree);
  if (same.length === 0) return { lowPrice: null, highPrice: null, priceCurrency: null, isFree: said };
  const lowPrice = same.reduce((low, next) => (Number(next.low) < Number(low.low) ? next : low)).low;
  const highPrice = same.reduce((high, next) => (Number(next.high) > Number(high.high) ? next : high)).high;
  return { lowPrice, highPrice, priceCurrency: currency, isFree: said ?? Number(highPrice) === 0 };
}

function collect(value: unknown, depth: number, amounts: Amount[]): void {
  if (amounts.length >= maxOffers || depth > maxDepth) return;
  if (Array.isArray(value)) {
    for (const entry of value.slice(0, maxOffers)) collect(entry, depth + 1, amounts);
    return;
  }
  if (typeof value !== 'object' || value === null) {
    const price = normalisePrice(value);
    if (price !== null) amounts.push(price);
    return;
  }
  const currency = normaliseCurrency(Reflect.get(value, 'priceCurrency'));
  const before = amounts.length;
  for (const key of ['price', 'lowPrice', 'highPrice', 'minPrice', 'maxPrice']) {
    const price = normalisePrice(Reflect.get(value, key));
    if (price !== null) amounts.push({ ...price, currency: currency ?? price.currency });
  }
  if (amounts.length > before) return;
  collect(Reflect.get(value, 'priceSpecification'), depth + 1, amounts);
  collect(Reflect.get(value, 'offers'), depth + 1, amounts);
}

function readBoolean(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return null;
  const word = value
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\/schema\.org\//, '');
  if (word === 'true' || word === 'yes' || word === '1') return true;
  return word === 'false' || word === 'no' || word === '0' ? false : null;
}
