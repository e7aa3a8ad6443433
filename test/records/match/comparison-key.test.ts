import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { comparisonKey } from '../../../src/records/match/comparison-key.ts';

describe('comparisonKey', () => {
  test.each([
    ['Café Zoë', 'CAFE  ZOE'],
    ['Wind & Tide', 'wind and tide'],
    ["Joe's Bar", 'Joes Bar'],
    ['St. Mary-le-Bow', 'st mary le bow'],
    ['Straße', 'STRASSE'],
    ['STRAẞE', 'strasse'],
    ['ﬁne', 'fine'],
    ['ΟΔΟΣ', 'οδος'],
    ['ガ', 'カ\u3099'],
  ])('is the same for %s and %s', (a, b) => {
    expect(comparisonKey(a)).toBe(comparisonKey(b));
  });

  test.each([
    ['Москва', 'Минск'],
    ['हिन्दी', 'हन्द'],
    ['ガ', 'カ'],
    ['!!!', '???'],
    ['Hall 1', 'Hall 2'],
  ])('differs for %s and %s', (a, b) => {
    expect(comparisonKey(a)).not.toBe(comparisonKey(b));
  });

  test('is cut at 200 characters, never inside one', () => {
    expect(comparisonKey('a'.repeat(300))).toBe('a'.repeat(200));
    expect(comparisonKey(`a${'𐐷'.repeat(150)}`)).toHaveLength(199);
    expect(comparisonKey(`${'a'.repeat(199)} b`)).toHaveLength(199);
  });

  test('keeps the letters of other scripts composed, so that keys stay short and readable', () => {
    expect(comparisonKey('한국 ガ')).toBe('한국 ガ');
  });

  test('is empty only for blanks, and never holds the separator of compound keys', () => {
    expect(comparisonKey(' \n')).toBe('');
    expect(comparisonKey('a|b')).toBe('a b');
    expect(comparisonKey('||!')).toBe('!');
  });

  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({ unit: 'binary', minLength: 150, maxLength: 400, size: 'max' }),
    fc.string({
      unit: fc.constantFrom('\ufdfa', '😀', 'a', ' ', '𝔸', '가', '!'),
      maxLength: 400,
      size: 'max',
    }),
  );

  test('is stable: the key of a key is the key', () => {
    fc.assert(
      fc.property(text, (text) => {
        const key = comparisonKey(text);
        expect(comparisonKey(key)).toBe(key);
        expect(key).not.toContain('|');
        expect(key.length).toBeLessThanOrEqual(200);
        expect(key.isWellFormed()).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});
