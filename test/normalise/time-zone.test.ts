import { describe, expect, it } from 'vitest';
import { normaliseTimeZone } from '../../src/normalise/time-zone.ts';

describe('normaliseTimeZone', () => {
  it.each([
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

  it.each(['', '+02:00', 'UTC+2', 'Central Standard Time', 'Mars/Phobos', 'ACT', 'A'.repeat(1_000)])(
    'refuses %s',
    (text) => {
      expect(normaliseTimeZone(text)).toBe(null);
    },
  );

  it('leaves every zone that it gives as it is', () => {
    const changed = Intl.supportedValuesOf('timeZone')
      .map(normaliseTimeZone)
      .filter((zone) => zone === null || normaliseTimeZone(zone) !== zone);
    expect(changed).toEqual([]);
  });
});
