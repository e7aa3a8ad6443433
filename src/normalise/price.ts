import { normaliseCurrency } from './currency.ts';

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
