import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PlaceIdentity, placeKeys } from '../../src/match/place-keys.ts';

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
  it('gives the address first, then the position', () => {
    expect(placeKeys(hall)).toEqual([
      'city hall|121 north lasalle street|60602',
      'city hall|121 north lasalle street|chicago',
      'city hall|at:41.884,-87.632',
    ]);
  });

  it('adds the own page of a venue, but not the front page of a site', () => {
    const url = 'https://city.example/hall';
    expect(placeKeys({ ...hall, ...nowhere, url })).toEqual([`city hall|url:${url}`]);
    expect(placeKeys({ ...hall, ...nowhere, url: 'https://chain.example/' })).toEqual([
      'city hall|source:city',
    ]);
  });

  it('is the same however the address is spelled', () => {
    const spelled = {
      ...hall,
      name: 'CITY HALL',
      streetAddress: '121 North Lasalle Street',
      postalCode: '60602',
    };
    expect(placeKeys(spelled)).toEqual(placeKeys(hall));
  });

  it('shares a key when one source lacks the postal code or the position', () => {
    const poor = { ...hall, postalCode: null, latitude: null, longitude: null, sourceName: 'other' };
    expect(placeKeys(hall)).toEqual(expect.arrayContaining(placeKeys(poor)));
  });

  it('binds a bare name to its source', () => {
    expect(placeKeys({ ...hall, ...nowhere })).toEqual(['city hall|source:city']);
    expect(placeKeys({ ...hall, ...nowhere, addressLocality: 'Chicago' })).toEqual([
      'city hall|chicago|source:city',
    ]);
    expect(placeKeys({ ...hall, ...nowhere, streetAddress: '1 Main St' })).toEqual([
      'city hall|1 main street|source:city',
    ]);
  });

  it('has none for a name with nothing in it', () => {
    expect(placeKeys({ ...hall, name: ' ' })).toEqual([]);
  });

  it('is stable: spacing and capitals of ASCII names change no key, and there is always one', () => {
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
