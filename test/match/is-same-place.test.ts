import { describe, expect, it } from 'vitest';
import { distance } from '../../src/match/distance.ts';
import { isSamePlace } from '../../src/match/is-same-place.ts';

const here = { streetAddress: '77 W Washington St', latitude: 41.8837, longitude: -87.6305 };
const unknown = { streetAddress: null, latitude: null, longitude: null };

describe('isSamePlace', () => {
  it('is so when nothing speaks against it', () => {
    expect(isSamePlace(here, here)).toBe(true);
    expect(isSamePlace(here, unknown)).toBe(true);
    expect(isSamePlace(here, { ...unknown, streetAddress: '77 West Washington Street' })).toBe(true);
    expect(isSamePlace(here, { ...unknown, streetAddress: '77 West Washington Street, Suite 1005' })).toBe(
      true,
    );
  });

  it('is not so when the streets differ', () => {
    expect(isSamePlace(here, { ...here, streetAddress: '78 W Washington St' })).toBe(false);
    expect(
      isSamePlace(
        { ...here, streetAddress: '1 A St, Suite 1' },
        { ...here, streetAddress: '1 A St, Suite 2' },
      ),
    ).toBe(false);
  });

  it('is not so when they lie more than 500 m apart', () => {
    expect(isSamePlace(here, { ...here, latitude: here.latitude + 0.0044 })).toBe(true);
    expect(isSamePlace(here, { ...here, latitude: here.latitude + 0.0046 })).toBe(false);
    expect(isSamePlace({ ...here, longitude: 179.9999 }, { ...here, longitude: -179.9999 })).toBe(true);
  });
});

describe('distance', () => {
  it('is that of the great circle, in metres', () => {
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
