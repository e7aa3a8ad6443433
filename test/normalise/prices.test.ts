import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { normaliseCurrency, normaliseOffers, normalisePrice } from '../../src/normalise/prices.ts';

describe('price range', () => {
  const nothing = { lowPrice: null, highPrice: null, priceCurrency: null, isFree: null };

  describe('normaliseOffers', () => {
    test('reads one offer', () => {
      expect(normaliseOffers({ '@type': ['Offer'], price: '12.5', priceCurrency: 'usd' })).toEqual({
        lowPrice: '12.50',
        highPrice: '12.50',
        priceCurrency: 'USD',
        isFree: false,
      });
    });

    test('reads an aggregate offer, a price specification, and a bare price', () => {
      expect(normaliseOffers({ lowPrice: 5, highPrice: '20', priceCurrency: 'EUR' })).toMatchObject({
        lowPrice: '5.00',
        highPrice: '20.00',
      });
      expect(
        normaliseOffers({ priceSpecification: { minPrice: 3, maxPrice: 4, priceCurrency: 'EUR' } }),
      ).toMatchObject({
        lowPrice: '3.00',
        highPrice: '4.00',
        priceCurrency: 'EUR',
      });
      expect(normaliseOffers('£5')).toMatchObject({ lowPrice: '5.00', priceCurrency: 'GBP' });
    });

    test('spans several offers, in the first currency only', () => {
      const offers = [
        { price: '20', priceCurrency: 'USD' },
        { price: 5 },
        { price: 100, priceCurrency: 'USD' },
        { price: 1, priceCurrency: 'EUR' },
      ];
      expect(normaliseOffers(offers)).toMatchObject({
        lowPrice: '5.00',
        highPrice: '100.00',
        priceCurrency: 'USD',
      });
    });

    test('knows what is free from the price or from what the page says', () => {
      expect(normaliseOffers({ price: '0', priceCurrency: 'USD' }).isFree).toBe(true);
      expect(normaliseOffers([{ price: 0 }, { price: 5 }]).isFree).toBe(false);
      expect(normaliseOffers(null, true)).toEqual({ ...nothing, isFree: true });
      expect(normaliseOffers(null, 'http://schema.org/False').isFree).toBe(false);
      expect(normaliseOffers({ price: 0 }, false).isFree).toBe(false);
    });

    test('gives nothing for what it cannot read', () => {
      for (const value of [null, undefined, {}, [], 'soon', { price: {} }, [[[[[5]]]]]]) {
        expect(normaliseOffers(value)).toEqual(nothing);
      }
    });
  });

  describe('normaliseCurrency', () => {
    test('reads codes and signs of one currency, and guesses no dollar', () => {
      expect(['eur', '€', 'US$', 'Kč'].map(normaliseCurrency)).toEqual(['EUR', 'EUR', 'USD', 'CZK']);
      expect(['$', 'kr', 'ABC', '', 'constructor', 5].map(normaliseCurrency)).toEqual(Array(6).fill(null));
    });
  });
});

describe('price', () => {
  describe('normalisePrice', () => {
    test.each([
      [12.5, '12.50', '12.50', null],
      [0, '0.00', '0.00', null],
      [1.005, '1.01', '1.01', null],
      ['12.50', '12.50', '12.50', null],
      ['€ 12,50', '12.50', '12.50', 'EUR'],
      ['1.234,50 EUR', '1234.50', '1234.50', 'EUR'],
      ['US$1,234.50', '1234.50', '1234.50', 'USD'],
      ["CHF 1'234.50", '1234.50', '1234.50', 'CHF'],
      ['1,234', '1234.00', '1234.00', null],
      ['0.999', '1.00', '1.00', null],
      ['$10 - $20', '10.00', '20.00', null],
      ['£5 to £7.50', '5.00', '7.50', 'GBP'],
      ['Free', '0.00', '0.00', null],
      ['99999999', '99999999.00', '99999999.00', null],
    ])('reads %s as %s to %s %s', (value, low, high, currency) => {
      expect(normalisePrice(value)).toEqual({ low, high, currency });
    });

    test.each([
      '',
      'ask at the door',
      '$5 members, $10 others',
      '20 - 10',
      '-5',
      '100000000',
      '1e5',
      Number.NaN,
      -1,
      1e9,
      null,
      {},
      '9'.repeat(1_000),
    ])('refuses %j', (value) => {
      expect(normalisePrice(value)).toBe(null);
    });
  });

  const corpus = join(import.meta.dirname, '../../../shared/corpora/places/prices.jsonl');

  describe.skipIf(!existsSync(corpus))('the recorded prices (skipped where the corpus is missing)', () => {
    test('are read right or refused, and four fifths are read', () => {
      const rows: { input: string; amount: string | null }[] = readFileSync(corpus, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      // Written with three decimals on purpose; see the docstring.
      const known = new Set([' 423.923 KD']);
      const read = rows.filter(({ input }) => normalisePrice(input) !== null && !known.has(input));
      const wrong = read.filter(
        ({ input, amount }) =>
          amount === null || Math.abs(Number(normalisePrice(input)?.low) - Number(amount)) > 0.006,
      );
      expect(wrong).toEqual([]);
      const priced = rows.filter(({ amount }) => amount !== null);
      expect(read.length / priced.length).toBeGreaterThan(0.8);
    });
  });
});
