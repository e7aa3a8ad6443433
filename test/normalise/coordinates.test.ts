import { describe, expect, test } from 'vitest';
import { normaliseCoordinates } from '../../src/normalise/coordinates.ts';

describe('normaliseCoordinates', () => {
  test.each([
    [41.88, -87.63, { latitude: 41.88, longitude: -87.63 }],
    ['41.88', ' -87,63 ', { latitude: 41.88, longitude: -87.63 }],
    [41.123456789, '8.000000049', { latitude: 41.1234568, longitude: 8 }],
    [0, 9.5, { latitude: 0, longitude: 9.5 }],
    [-0, 9.5, { latitude: 0, longitude: 9.5 }],
    [90, -180, { latitude: 90, longitude: -180 }],
  ])('reads %s, %s', (latitude, longitude, expected) => {
    expect(normaliseCoordinates(latitude, longitude)).toStrictEqual(expected);
  });

  test.each([
    [0, 0],
    ['0.0', '0'],
    [0.00001, 0],
    [90.1, 0],
    [0, -180.1],
    [Number.NaN, 1],
    [1, Number.POSITIVE_INFINITY],
    ['41.88N', 1],
    ['', 1],
    [null, 1],
    [1, undefined],
    [[1], 1],
    ['1e1', 1],
  ])('refuses %s, %s', (latitude, longitude) => {
    expect(normaliseCoordinates(latitude, longitude)).toBe(null);
  });
});
