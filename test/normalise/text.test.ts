import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normaliseMultilineText, normaliseText } from '../../src/normalise/text.ts';
import { cpuTimeOf } from '../helpers/cpu-time.ts';

describe('normaliseText', () => {
  test.each([
    ['  a \t\r\n b\u00a0c ', 'a b c'],
    ['a <b>bo</b>ld &amp; x', 'a bold & x'],
    ['<p>Doors 7</p><p>30 €<br>x', 'Doors 7 30 € x'],
    ['<td>1</td><td>2</td>', '1 2'],
    ['I <3 you, a < b & c > d', 'I <3 you, a < b & c > d'],
    ['before<script>alert("<b>")</script>after<!-- no -->', 'beforeafter'],
    ['&lt;p&gt;Hi &amp;amp; ho&lt;/p&gt;', 'Hi & ho'],
    ['<a title="a > b">link</a>', 'link'],
    ['McDonald&#39;s Sacav&#233;m', "McDonald's Sacavém"],
    ['Antoine At Cut &Amp; Style', 'Antoine At Cut &Amp; Style'],
    ['&amp;lt;', '&lt;'],
    ['e\u0301', 'é'],
    ['a\u0000b\u0007c', 'a b c'],
    ['\ud800x\udc00', 'x'],
    ['safe\u202etxt.exe\u200b', 'safetxt.exe'],
    ['👩\u200d👧', '👩\u200d👧'],
    ['&#0;&#xD800;&#x110000;x', '���x'],
  ])('turns %j into %j', (text, expected) => {
    expect(normaliseText(text, 100)).toBe(expected);
  });

  test('gives null when nothing is left', () => {
    for (const text of ['', ' \n', '\u0000', '<p></p>', '<script>x', '\ud800'])
      expect(normaliseText(text, 9)).toBe(null);
  });

  test('cuts at the limit without splitting a character or leaving a blank', () => {
    expect(normaliseText('😀😀', 3)).toBe('😀');
    expect(normaliseText('abc def', 4)).toBe('abc');
    expect(normaliseText('abc', 3)).toBe('abc');
  });

  test('is quick on hostile markup', () => {
    const taken = cpuTimeOf(() => {
      for (const part of ['<a', '<p>', '</b>', '<script>', '<!--', '&lt;', '&#', '<p a="']) {
        normaliseText(part.repeat(100_000 / part.length), 1_000);
      }
    });
    expect(taken).toBeLessThan(2_000);
  });
});

describe('normaliseMultilineText', () => {
  test('keeps lines, without empty ones', () => {
    expect(normaliseMultilineText(' a \r\n\r\n  b\u2028c\td ', 100)).toBe('a\nb\nc d');
    expect(normaliseMultilineText('<ul><li>one<li>two</ul>', 100)).toBe('one\ntwo');
    expect(normaliseMultilineText(' \n ', 100)).toBe(null);
    expect(normaliseMultilineText('a\nb', 2)).toBe('a');
  });
});

describe('any text', () => {
  // Entities are decoded once, so text with an escaped entity or tag in it may change the second time.
  const plain = fc.string({ unit: 'binary', maxLength: 60 }).map((text) => text.replace(/[&<]/g, ''));

  test.each([
    ['normaliseText', normaliseText],
    ['normaliseMultilineText', normaliseMultilineText],
  ])('is left alone by a second %s, and PostgreSQL can store it', (_, normalise) => {
    fc.assert(
      fc.property(plain, fc.integer({ min: 1, max: 60 }), (text, limit) => {
        const once = normalise(text, limit);
        if (once === null) return;
        expect(normalise(once, limit)).toBe(once);
        expect(once.length).toBeLessThanOrEqual(limit);
        expect(once.isWellFormed()).toBe(true);
        expect(once).not.toMatch(/[^\P{Cc}\n]/u);
      }),
      { numRuns: 1_000 },
    );
  });
});
