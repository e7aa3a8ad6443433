import { describe, expect, it } from 'vitest';
import { moment } from '../../../../src/cli/commands/arguments/moment.ts';

const now = Temporal.Instant.from('2027-03-10T12:00:00Z');
const read = (text: string) => moment('review', '--since', text, now)?.toISOString();

describe('moment', () => {
  it.each([
    ['30m', '2027-03-10T11:30:00.000Z'],
    ['12h', '2027-03-10T00:00:00.000Z'],
    ['7d', '2027-03-03T12:00:00.000Z'],
    ['2w', '2027-02-24T12:00:00.000Z'],
    ['2027-03-01T18:00Z', '2027-03-01T18:00:00.000Z'],
    ['2027-03-01T18:00:00+02:00', '2027-03-01T16:00:00.000Z'],
  ])('reads %s', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it('takes a date without an offset as midnight of this machine', () => {
    expect(read('2027-03-01')).toBe(new Date(2027, 2, 1).toISOString());
  });

  it.each(['7', '7x', '-7d', 'yesterday', '2027-02-30', '2027-13-01', '9999999d', '2027-03-01T99:00Z'])(
    'refuses %s and says what it takes',
    (text) => {
      expect(() => read(text)).toThrow(/--since must be a span such as 30m.*given: /);
    },
  );
});
