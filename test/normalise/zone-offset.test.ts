import { describe, expect, it } from 'vitest';
import { zoneOffset } from '../../src/normalise/zone-offset.ts';

const hour = 3_600_000;

describe('zoneOffset', () => {
  it('changes at the very instant of the change, whichever side was asked first', () => {
    const spring = Date.UTC(2026, 2, 8, 8);
    const autumn = Date.UTC(2026, 10, 1, 7);
    expect(zoneOffset('America/Chicago', spring - 1)).toBe(-6 * hour);
    expect(zoneOffset('America/Chicago', spring)).toBe(-5 * hour);
    expect(zoneOffset('America/Chicago', autumn)).toBe(-6 * hour);
    expect(zoneOffset('America/Chicago', autumn - 1)).toBe(-5 * hour);
  });

  it('knows zones without changes, of half hours, and of local mean time', () => {
    expect(zoneOffset('UTC', 0)).toBe(0);
    expect(zoneOffset('Etc/GMT+5', 0)).toBe(-5 * hour);
    expect(zoneOffset('Asia/Kathmandu', Date.UTC(2026, 0))).toBe(5.75 * hour);
    expect(zoneOffset('Europe/Amsterdam', Date.UTC(1880, 0))).toBe(1_050_000);
  });

  it('stays right when more spans are asked for than are remembered', () => {
    const changes = Array.from({ length: 600 }, (_, index) => Date.UTC(1900, index * 6, 15));
    for (const at of changes) {
      const expected =
        Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO('Europe/London').offsetNanoseconds;
      expect(zoneOffset('Europe/London', at)).toBe(expected / 1e6);
    }
  });
});
