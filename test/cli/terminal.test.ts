import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { safeText } from '../../src/cli/terminal.ts';

describe('safeText', () => {
  test.each([
    ['\u001b[2J\u001b[31mred', '\\u{1b}[2J\\u{1b}[31mred'],
    ['a\u009b31mb', 'a\\u{9b}31mb'],
    ['two\nlines\tand\r', 'two\\nlines\\tand\\r'],
    ['user\u202egnp.exe', 'user\\u{202e}gnp.exe'],
    ['in\u200bvisible', 'in\\u{200b}visible'],
    ['tag\u{e0041}', 'tag\\u{e0041}'],
    ['half \ud83d', 'half \\u{d83d}'],
  ])('spells out what would disturb a terminal: %j', (text, safe) => {
    expect(safeText(text)).toBe(safe);
  });

  test.each(['Æther Café, 東京 👩‍👩‍👧 👍🏽', 'مقهى', '<script>alert(1)</script>'])(
    'leaves %s as it is',
    (text) => {
      expect(safeText(text)).toBe(text);
    },
  );

  test('gives one line without control characters for any text, and changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const safe = safeText(text);
        expect(safe).not.toMatch(/\p{Cc}|\p{Zl}|\p{Zp}|\p{Cs}|[\u202a-\u202e\u2066-\u2069]/u);
        expect(safeText(safe)).toBe(safe);
      }),
    );
  });
});
