import { describe, expect, test } from 'vitest';
import { normaliseTelephone } from '../../src/normalise/telephone.ts';

describe('normaliseTelephone', () => {
  test.each([
    ['(312) 744-4000', 'US', '+13127444000'],
    ['tel:+1-312-744-4000', null, '+13127444000'],
    ['312.744.4000 ext. 12', 'us', '+13127444000;ext=12'],
    ['+13127444000;ext=12', null, '+13127444000;ext=12'],
    ['0442017500', 'CH', '+41442017500'],
    ['02/633.17.59', 'BE', '+3226331759'],
    ['2484468015 / 2484468016', 'US', '+12484468015'],
    ['+383 38 200 200', null, '+38338200200'],
  ])('turns %s (%s) into %s', (text, country, expected) => {
    expect(normaliseTelephone(text, country)).toBe(expected);
  });

  test.each([
    ['+4800000000', null],
    ['(000) 000-00-00', 'US'],
    ['+1 312 000 0000', null],
    ['+49 30 0000000', null],
    ['999-999-9999', 'US'],
    ['(312) 744-4000', null],
    ['(312) 744-4000', 'XX'],
    ['12345', 'US'],
    ['undefined', 'US'],
    ['', 'US'],
    ['9'.repeat(10_000), 'US'],
  ])('refuses %s (%s)', (text, country) => {
    expect(normaliseTelephone(text, country)).toBe(null);
  });
});
