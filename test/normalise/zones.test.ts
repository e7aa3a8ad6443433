import { describe, expect, test } from 'vitest';
import { normaliseTimeZone, timeZoneOfPlace, zoneOffset } from '../../src/normalise/zones.ts';

describe('time zone of place', () => {
  describe('timeZoneOfPlace', () => {
    test('goes by the coordinates first', () => {
      expect(timeZoneOfPlace({ latitude: 41.88, longitude: -87.63, country: 'DE' })).toBe('America/Chicago');
      expect(timeZoneOfPlace({ latitude: 28.61, longitude: 77.2, country: null })).toBe('Asia/Kolkata');
    });

    test.each([
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

    test('does not throw on coordinates that are none', () => {
      expect(timeZoneOfPlace({ latitude: Number.NaN, longitude: 500, country: null })).toBe(null);
      expect(timeZoneOfPlace({ latitude: 91, longitude: 0, country: 'FR' })).toBe('Europe/Paris');
    });
  });
});

describe('time zone', () => {
  describe('normaliseTimeZone', () => {
    test.each([
      ['america/chicago', 'America/Chicago'],
      ['US/Central', 'America/Chicago'],
      ['utc', 'UTC'],
      ['Etc/UTC', 'UTC'],
      ['Etc/GMT+5', 'Etc/GMT+5'],
      ['Asia/Calcutta', 'Asia/Kolkata'],
      ['asia/kolkata', 'Asia/Kolkata'],
      ['Europe/Kiev', 'Europe/Kyiv'],
    ])('reads %s as %s', (text, zone) => {
      expect(normaliseTimeZone(text)).toBe(zone);
    });

    test.each(['', '+02:00', 'UTC+2', 'Central Standard Time', 'Mars/Phobos', 'ACT', 'A'.repeat(1_000)])(
      'refuses %s',
      (text) => {
        expect(normaliseTimeZone(text)).toBe(null);
      },
    );

    test('leaves every zone that it gives as it is', () => {
      const changed = Intl.supportedValuesOf('timeZone')
        .map(normaliseTimeZone)
        .filter((zone) => zone === null || normaliseTimeZone(zone) !== zone);
      expect(changed).toEqual([]);
    });
  });
});

describe('zone offset', () => {
  const hour = 3_600_000;

  describe('zoneOffset', () => {
    test('changes at the very instant of the change, whichever side was asked first', () => {
      const spring = Date.UTC(2026, 2, 8, 8);
      const autumn = Date.UTC(2026, 10, 1, 7);
      expect(zoneOffset('America/Chicago', spring - 1)).toBe(-6 * hour);
      expect(zoneOffset('America/Chicago', spring)).toBe(-5 * hour);
      expect(zoneOffset('America/Chicago', autumn)).toBe(-6 * hour);
      expect(zoneOffset('America/Chicago', autumn - 1)).toBe(-5 * hour);
    });

    test('knows zones without changes, of half hours, and of local mean time', () => {
      expect(zoneOffset('UTC', 0)).toBe(0);
      expect(zoneOffset('Etc/GMT+5', 0)).toBe(-5 * hour);
      expect(zoneOffset('Asia/Kathmandu', Date.UTC(2026, 0))).toBe(5.75 * hour);
      expect(zoneOffset('Europe/Amsterdam', Date.UTC(1880, 0))).toBe(1_050_000);
    });

    test('stays right when more spans are asked for than are remembered', () => {
      const changes = Array.from({ length: 600 }, (_, index) => Date.UTC(1900, index * 6, 15));
      for (const at of changes) {
        const expected =
          Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO('Europe/London').offsetNanoseconds;
        expect(zoneOffset('Europe/London', at)).toBe(expected / 1e6);
      }
    });
  });
});
