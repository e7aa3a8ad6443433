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
