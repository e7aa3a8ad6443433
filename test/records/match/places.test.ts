import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  distance,
  isSamePlace,
  type PlaceIdentity,
  placeKeys,
  streetKey,
} from '../../../src/records/match/places.ts';

describe('is same place', () => {
  const here = { streetAddress: '77 W Washington St', latitude: 41.8837, longitude: -87.6305 };
  const unknown = { streetAddress: null, latitude: null, longitude: null };

  describe('isSamePlace', () => {
    test('is so when nothing speaks against it', () => {
      expect(isSamePlace(here, here)).toBe(true);
      expect(isSamePlace(here, unknown)).toBe(true);
      expect(isSamePlace(here, { ...unknown, streetAddress: '77 West Washington Street' })).toBe(true);
      expect(isSamePlace(here, { ...unknown, streetAddress: '77 West Washington Street, Suite 1005' })).toBe(
        true,
      );
    });

    test('is not so when the streets differ', () => {
      expect(isSamePlace(here, { ...here, streetAddress: '78 W Washington St' })).toBe(false);
      expect(
        isSamePlace(
          { ...here, streetAddress: '1 A St, Suite 1' },
          { ...here, streetAddress: '1 A St, Suite 2' },
        ),
      ).toBe(false);
    });

    test('is not so when they lie more than 500 m apart', () => {
      expect(isSamePlace(here, { ...here, latitude: here.latitude + 0.0044 })).toBe(true);
      expect(isSamePlace(here, { ...here, latitude: here.latitude + 0.0046 })).toBe(false);
      expect(isSamePlace({ ...here, longitude: 179.9999 }, { ...here, longitude: -179.9999 })).toBe(true);
    });
  });

  describe('distance', () => {
    test('is that of the great circle, in metres', () => {
      const paris = { latitude: 48.8566, longitude: 2.3522 };
      const london = { latitude: 51.5074, longitude: -0.1278 };
      expect(distance(paris, london)).toBeCloseTo(343_557, -3);
      expect(distance(paris, paris)).toBe(0);
      expect(distance({ latitude: 90, longitude: 0 }, { latitude: -90, longitude: 0 })).toBeCloseTo(
        Math.PI * 6_371_008.8,
        0,
      );
    });
  });
});

describe('place keys', () => {
  const hall: PlaceIdentity = {
    name: 'City Hall',
    streetAddress: '121 N. LaSalle St.',
    addressLocality: 'Chicago',
    postalCode: '60602-1234',
    latitude: 41.88361,
    longitude: -87.63197,
    url: null,
    sourceName: 'city',
  };
  const nowhere = {
    streetAddress: null,
    addressLocality: null,
    postalCode: null,
    latitude: null,
    longitude: null,
  };

  describe('placeKeys', () => {
    test('gives the address first, then the position', () => {
      expect(placeKeys(hall)).toEqual([
        'city hall|121 north lasalle street|60602',
        'city hall|121 north lasalle street|chicago',
        'city hall|at:41.884,-87.632',
      ]);
    });

    test('adds the own page of a venue, but not the front page of a site', () => {
      const url = 'https://city.example/hall';
      expect(placeKeys({ ...hall, ...nowhere, url })).toEqual([`city hall|url:${url}`]);
      expect(placeKeys({ ...hall, ...nowhere, url: 'https://chain.example/' })).toEqual([
        'city hall|source:city',
      ]);
    });

    test('is the same however the address is spelled', () => {
      const spelled = {
        ...hall,
        name: 'CITY HALL',
        streetAddress: '121 North Lasalle Street',
        postalCode: '60602',
      };
      expect(placeKeys(spelled)).toEqual(placeKeys(hall));
    });

    test('shares a key when one source lacks the postal code or the position', () => {
      const poor = { ...hall, postalCode: null, latitude: null, longitude: null, sourceName: 'other' };
      expect(placeKeys(hall)).toEqual(expect.arrayContaining(placeKeys(poor)));
    });

    test('binds a bare name to its source', () => {
      expect(placeKeys({ ...hall, ...nowhere })).toEqual(['city hall|source:city']);
      expect(placeKeys({ ...hall, ...nowhere, addressLocality: 'Chicago' })).toEqual([
        'city hall|chicago|source:city',
      ]);
      expect(placeKeys({ ...hall, ...nowhere, streetAddress: '1 Main St' })).toEqual([
        'city hall|1 main street|source:city',
      ]);
    });

    test('has none for a name with nothing in it', () => {
      expect(placeKeys({ ...hall, name: ' ' })).toEqual([]);
    });

    test('is stable: spacing and capitals of ASCII names change no key, and there is always one', () => {
      const name = fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9 .&']{0,30}$/);
      fc.assert(
        fc.property(name, name, (text, street) => {
          const keys = placeKeys({ ...hall, name: text, streetAddress: street });
          const shouted = placeKeys({
            ...hall,
            name: `  ${text.toUpperCase()} `,
            streetAddress: street.toUpperCase(),
          });
          expect(shouted).toEqual(keys);
          expect(keys.length).toBeGreaterThan(0);
          expect(new Set(keys).size).toBe(keys.length);
        }),
      );
    });
  });
});

describe('street key', () => {
  describe('streetKey', () => {
    test.each([
      ['77 W. Washington St, Ste 1005', '77 West Washington Street Suite 1005'],
      ['500 5th Ave.', '500 Fifth Avenue'],
      ['Hauptstr. 5', 'Hauptstraße 5'],
      ['Lange Str. 5', 'Lange Straße 5'],
      ['1 Sunset Blvd', '1 SUNSET BOULEVARD'],
    ])('is the same for %s and %s', (a, b) => {
      expect(streetKey(a)).toBe(streetKey(b));
    });

    test.each([
      ['77 W Washington St', '77 E Washington St'],
      ['77 Washington St', '77 Washington Ave'],
      ['Hauptstr. 5', 'Hauptstr. 6'],
    ])('differs for %s and %s', (a, b) => {
      expect(streetKey(a)).not.toBe(streetKey(b));
    });
  });
});
