import { describe, expect, it } from 'vitest';
import { timeZoneOfPlace } from '../../src/normalise/time-zone-of-place.ts';

describe('timeZoneOfPlace', () => {
  it('goes by the coordinates first', () => {
    expect(timeZoneOfPlace({ latitude: 41.88, longitude: -87.63, country: 'DE' })).toBe('America/Chicago');
    expect(timeZoneOfPlace({ latitude: 28.61, longitude: 77.2, country: null })).toBe('Asia/Kolkata');
  });

  it.each([
    ['GB', 'Europe/London'],
    ['DE', 'Europe/Berlin'],
    ['XK', 'Europe/Belgrade'],
    ['US', null],
    ['ES', null],
    ['ZZ', null],
    ['nonsense', null],
  ])('of the country %s is %s', (country, zone) => {
    expect(timeZoneOfPlace({ latitude: null, longitude: null, country })).toBe(zone);
  });

  it('does not throw on coordinates that are none', () => {
    expect(timeZoneOfPlace({ latitude: Number.NaN, longitude: 500, country: null })).toBe(null);
    expect(timeZoneOfPlace({ latitude: 91, longitude: 0, country: 'FR' })).toBe('Europe/Paris');
  });
});
