import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { normalisePrice } from '../../src/normalise/price.ts';

describe('normalisePrice', () => {
  it.each([
    [12.5, '12.50', '12.50', null],
    [0, '0.00', '0.00', null],
    [1.005, '1.01', '1.01', null],
    ['12.50', '12.50', '12.50', null],
    ['€ 12,50', '12.50', '12.50', 'EUR'],
    ['1.234,50 EUR', '1234.50', '1234.50', 'EUR'],
    ['US$1,234.50', '1234.50', '1234.50', 'USD'],
    ["CHF 1'234.50", '1234.50', '1234.50', 'CHF'],
    ['1,234', '1234.00', '1234.00', null],
    ['0.999', '1.00', '1.00', null],
    ['$10 - $20', '10.00', '20.00', null],
    ['£5 to £7.50', '5.00', '7.50', 'GBP'],
    ['Free', '0.00', '0.00', null],
    ['99999999', '99999999.00', '99999999.00', null],
  ])('reads %s as %s to %s %s', (value, low, high, currency) => {
    expect(normalisePrice(value)).toEqual({ low, high, currency });
  });

  it.each([
    '',
    'ask at the door',
    '$5 members, $10 others',
    '20 - 10',
    '-5',
    '100000000',
    '1e5',
    Number.NaN,
    -1,
    1e9,
    null,
    {},
    '9'.repeat(1_000),
  ])('refuses %j', (value) => {
    expect(normalisePrice(value)).toBe(null);
  });
});

const corpus = join(import.meta.dirname, '../../../shared/corpora/places/prices.jsonl');

describe.skipIf(!existsSync(corpus))('the recorded prices (skipped where the corpus is missing)', () => {
  it('are read right or refused, and four fifths are read', () => {
    const rows: { input: string; amount: string | null }[] = readFileSync(corpus, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    // Written with three decimals on purpose; see the docstring.
    const known = new Set([' 423.923 KD']);
    const read = rows.filter(({ input }) => normalisePrice(input) !== null && !known.has(input));
    const wrong = read.filter(
      ({ input, amount }) =>
        amount === null || Math.abs(Number(normalisePrice(input)?.low) - Number(amount)) > 0.006,
    );
    expect(wrong).toEqual([]);
    const priced = rows.filter(({ amount }) => amount !== null);
    expect(read.length / priced.length).toBeGreaterThan(0.8);
  });
});
