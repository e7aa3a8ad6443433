import { describe, expect, it } from 'vitest';
import { normaliseCurrency } from '../../src/normalise/currency.ts';
import { normaliseOffers } from '../../src/normalise/price-range.ts';

const nothing = { lowPrice: null, highPrice: null, priceCurrency: null, isFree: null };

describe('normaliseOffers', () => {
  it('reads one offer', () => {
    expect(normaliseOffers({ '@type': ['Offer'], price: '12.5', priceCurrency: 'usd' })).toEqual({
      lowPrice: '12.50',
      highPrice: '12.50',
      priceCurrency: 'USD',
      isFree: false,
    });
  });

  it('reads an aggregate offer, a price specification, and a bare price', () => {
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

  it('spans several offers, in the first currency only', () => {
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

  it('knows what is free from the price or from what the page says', () => {
    expect(normaliseOffers({ price: '0', priceCurrency: 'USD' }).isFree).toBe(true);
    expect(normaliseOffers([{ price: 0 }, { price: 5 }]).isFree).toBe(false);
    expect(normaliseOffers(null, true)).toEqual({ ...nothing, isFree: true });
    expect(normaliseOffers(null, 'http://schema.org/False').isFree).toBe(false);
    expect(normaliseOffers({ price: 0 }, false).isFree).toBe(false);
  });

  it('gives nothing for what it cannot read', () => {
    for (const value of [null, undefined, {}, [], 'soon', { price: {} }, [[[[[5]]]]]]) {
      expect(normaliseOffers(value)).toEqual(nothing);
    }
  });
});

describe('normaliseCurrency', () => {
  it('reads codes and signs of one currency, and guesses no dollar', () => {
    expect(['eur', '€', 'US$', 'Kč'].map(normaliseCurrency)).toEqual(['EUR', 'EUR', 'USD', 'CZK']);
    expect(['$', 'kr', 'ABC', '', 'constructor', 5].map(normaliseCurrency)).toEqual(Array(6).fill(null));
  });
});
