import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { normaliseOpeningHours } from '../../src/normalise/opening-hours.ts';

function on(dayOfWeek: unknown, opens: string, closes: string, more: object = {}): object {
  return { '@type': ['OpeningHoursSpecification'], dayOfWeek, opens, closes, ...more };
}

describe('normaliseOpeningHours', () => {
  test.each([
    ['Mo-Fr 09:00-17:00', ['Mo-Fr 09:00-17:00']],
    ['Mo,Tu,We,Th 09:00-12:00', ['Mo-Th 09:00-12:00']],
    ['Mo-Fr 09:00-12:00,13:00-17:00', ['Mo-Fr 09:00-12:00', 'Mo-Fr 13:00-17:00']],
    ['Monday - Friday: 9am to 5 p.m.', ['Mo-Fr 09:00-17:00']],
    ['Mon-Sat 10:00 - 19:00 Sun 12:00-17:00', ['Mo-Sa 10:00-19:00', 'Su 12:00-17:00']],
    ['Sa-Mo 10:00-12:00', ['Mo 10:00-12:00', 'Sa-Su 10:00-12:00']],
    ['Fr noon-midnight', ['Fr 12:00-23:59']],
    ['Daily 4AM-4AM', ['Mo-Su 00:00-23:59']],
    ['Mo-Su', ['Mo-Su 00:00-23:59']],
    ['Sa 24 hours', ['Sa 00:00-23:59']],
    ['Fr,Sa 22:00-02:00', ['Fr-Sa 22:00-02:00']],
    ['Tu 9-5pm', ['Tu 09:00-17:00']],
    ['Tu 2-5pm', ['Tu 14:00-17:00']],
    [['We closed', 'Th 10:00-11:00'], ['Th 10:00-11:00']],
    [
      ['Su 10:00-12:00', 'Mo 10:00-12:00', 'Mo 08:00-09:00'],
      ['Mo 08:00-09:00', 'Mo 10:00-12:00', 'Su 10:00-12:00'],
    ],
  ])('reads %j', (value, expected) => {
    expect(normaliseOpeningHours(value)).toEqual(expected);
  });

  test('reads specifications', () => {
    expect(
      normaliseOpeningHours([
        on(
          ['Monday', 'https://schema.org/Tuesday', { '@id': 'http://schema.org/Wednesday' }],
          '09:00:00',
          '17:00:00-05:00',
        ),
        on('Sunday', '00:00', '00:00'),
        on('Saturday', '00:00', '23:59:59'),
        on('PublicHolidays', '10:00', '12:00'),
        on('Friday', '10:00', '12:00', { validFrom: '2026-12-24' }),
        {},
      ]),
    ).toEqual(['Mo-We 09:00-17:00', 'Sa 00:00-23:59']);
    expect(normaliseOpeningHours(on(undefined, '08:00', '09:00'))).toEqual(['Mo-Su 08:00-09:00']);
  });

  test('drops what it cannot read', () => {
    expect(
      normaliseOpeningHours([
        'by appointment',
        'Mo 9-5',
        'Xx 09:00-10:00',
        'Mo 25:00-26:00',
        'Tu 09:00-10:00',
      ]),
    ).toEqual(['Tu 09:00-10:00']);
    for (const value of [null, 5, '', [], 'x'.repeat(10_000), 'Mo Closed'])
      expect(normaliseOpeningHours(value)).toBe(null);
  });

  test('leaves its own output as it is', () => {
    const hours = ['Mo 08:00-09:00', 'Mo-Fr 10:00-12:00', 'Fr-Sa 22:00-02:00', 'Su 00:00-23:59'];
    expect(normaliseOpeningHours(hours)).toEqual(hours);
  });
});

const corpus = join(import.meta.dirname, '../../../shared/corpora/places/opening-hours.jsonl');

describe.skipIf(!existsSync(corpus))(
  'the recorded schema.org hours (skipped where the corpus is missing)',
  () => {
    test('come out as expected', () => {
      const rows = readFileSync(corpus, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
        .filter((row) => row.kind === 'schema.org' && !row.expected.includes('closed'));
      expect(rows.length).toBeGreaterThan(10);
      for (const { input, expected } of rows) {
        const both = [input.openingHours ?? [], input.openingHoursSpecification ?? []].flat();
        expect(normaliseOpeningHours(both)?.join('; ')).toBe(expected.replaceAll('24:00', '23:59'));
      }
    });
  },
);
