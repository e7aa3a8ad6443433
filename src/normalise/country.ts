import countries from 'i18n-iso-countries/index.js';
import english from 'i18n-iso-countries/langs/en.json' with { type: 'json' };

/** Languages in which country names are recognised, besides English. */
const languages = [
  'de',
  'fr',
  'es',
  'it',
  'pt',
  'nl',
  'pl',
  'cs',
  'sk',
  'hu',
  'sl',
  'hr',
  'sr',
  'ro',
  'bg',
  'el',
  'tr',
  'da',
  'sv',
  'nb',
  'fi',
  'is',
  'et',
  'lv',
  'lt',
  'ga',
  'mt',
  'sq',
  'mk',
  'uk',
  'ru',
  'ka',
  'hy',
  'he',
  'ar',
  'fa',
  'hi',
  'th',
  'vi',
  'id',
  'ms',
  'ja',
  'ko',
  'zh',
];

/** What people write in a country field and no list of names has. */
const everyday: Readonly<Record<string, string>> = {
  uk: 'GB',
  england: 'GB',
  scotland: 'GB',
  wales: 'GB',
  cymru: 'GB',
  'northern ireland': 'GB',
  'great britain': 'GB',
  el: 'GR',
  america: 'US',
  'united states of america usa': 'US',
  holland: 'NL',
  'the netherlands': 'NL',
  'czech republic': 'CZ',
  'ceska republika': 'CZ',
  'slovenska republika': 'SK',
  turkey: 'TR',
  burma: 'MM',
  kosovo: 'XK',
  kosova: 'XK',
};

let codeOfName: Map<string, string> | null = null;
const maxLength = 100;

/**
 * A country as its ISO 3166-1 alpha-2 code, from the code, the alpha-3 code, or a name in English or one of
 * some forty languages. Kosovo is XK, which ISO leaves to users and everybody uses. England, Scotland, Wales
 * and Northern Ireland are GB.
 *
 * @returns the code in upper case, or null when the value names no country
 */
export function normaliseCountry(value: string): string | null {
  if (value.length > maxLength) return null;
  const name = key(value);
  if (/^[a-z]{2}$/.test(name)) {
    const code = name.toUpperCase();
    return everyday[name] ?? (countries.alpha2ToAlpha3(code) === undefined ? null : code);
  }
  if (/^[a-z]{3}$/.test(name)) {
    const code = countries.alpha3ToAlpha2(name.toUpperCase());
    if (code !== undefined) return code;
  }
  codeOfName ??= collectNames();
  return codeOfName.get(name) ?? null;
}

function key(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/\./g, '')
    .replace(/[^\p{L}]+/gu, ' ')
    .trim();
}

/** Built on first use: some fifty milliseconds that a program which meets only codes never spends. */
function collectNames(): Map<string, string> {
  const names = new Map<string, string>(Object.entries(everyday));
  const add = (name: string, code: string): void => {
    const spelling = key(name);
    if (spelling !== '' && !names.has(spelling)) names.set(spelling, code);
  };
  const codes = Object.keys(countries.getAlpha2Codes());
  for (const [code, spellings] of Object.entries(english.countries)) {
    for (const spelling of [spellings].flat()) add(spelling, code);
  }
  for (const language of ['en', ...languages]) {
    const display = new Intl.DisplayNames([language], { type: 'region', fallback: 'none' });
    for (const code of codes) add(display.of(code) ?? '', code);
  }
  return names;
}
