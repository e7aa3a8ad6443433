import { describe, expect, test } from 'vitest';
import { normaliseCountry } from '../../src/normalise/country.ts';

describe('normaliseCountry', () => {
  test.each([
    ['us', 'US'],
    ['GBR', 'GB'],
    [' UK ', 'GB'],
    ['U.S.A.', 'US'],
    ['United States of America', 'US'],
    ['United Kingdom. ', 'GB'],
    ['Scotland', 'GB'],
    ['Deutschland', 'DE'],
    ['Österreich', 'AT'],
    ['ESPAÑA', 'ES'],
    ['Côte d’Ivoire', 'CI'],
    ['日本', 'JP'],
    ['Česká republika', 'CZ'],
    ['Kosovo', 'XK'],
    ['XK', 'XK'],
  ])('reads %s as %s', (text, code) => {
    expect(normaliseCountry(text)).toBe(code);
  });

  test.each(['', 'A', 'A1', '00', 'ZZ', 'Atlantis', 'constructor', '__proto__', 'x'.repeat(10_000)])(
    'refuses %s',
    (text) => {
      expect(normaliseCountry(text)).toBe(null);
    },
  );
});
