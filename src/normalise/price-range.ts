import { normaliseCurrency } from './currency.ts';
import { normalisePrice } from './price.ts';

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
