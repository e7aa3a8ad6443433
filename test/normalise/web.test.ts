import { describe, expect, test } from 'vitest';
import { normaliseEmail, normaliseUrl } from '../../src/normalise/web.ts';

describe('email', () => {
  describe('normaliseEmail', () => {
    test.each([
      ['mailto:Info@Example.ORG?subject=Hello', 'Info@example.org'],
      ['mailto:info%40example.org', 'info@example.org'],
      ['The Board <board@example.org>', 'board@example.org'],
      [' x.y+z@sub.example.org ', 'x.y+z@sub.example.org'],
      ['x@münchen.de', 'x@münchen.de'],
      ['user%example.com@example.org', 'user%example.com@example.org'],
    ])('turns %s into %s', (text, expected) => {
      expect(normaliseEmail(text)).toBe(expected);
    });

    test.each([
      'abc.example.com',
      'admin@example',
      'a@b.org, c@d.org',
      'a@b.org.',
      'a..b@example.org',
      'a@-b.org',
      'mailto:%E0%A4%A@example.org@',
      '',
      `${'a'.repeat(65)}@example.org`,
      `a@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.${'e'.repeat(60)}.${'f'.repeat(20)}.org`,
    ])('refuses %s', (text) => {
      expect(normaliseEmail(text)).toBe(null);
    });
  });
});

describe('url', () => {
  describe('normaliseUrl', () => {
    test.each([
      ['HTTP://Example.COM:80/A?b=1#f', 'http://example.com/A?b=1'],
      ['https://user:secret@example.com/', 'https://example.com/'],
      ['https://x.org/?utm_source=a&id=2&fbclid=3&GCLID=4&mc_cid=5&mc_eid=6', 'https://x.org/?id=2'],
      ['https://x.org/?utm_source=a', 'https://x.org/'],
      ['https://x.org/?', 'https://x.org/'],
      ['https://x.org/a;jsessionid=12AB?x=a+b%20c', 'https://x.org/a?x=a+b%20c'],
      ['www.example.com/x', 'https://www.example.com/x'],
      ['//example.com/x', 'https://example.com/x'],
      [' https://example.com/a b ', 'https://example.com/a%20b'],
      ['http://localhost:8080/x', 'http://localhost:8080/x'],
      ['http://[::1]/x', 'http://[::1]/x'],
    ])('turns %s into %s', (text, expected) => {
      expect(normaliseUrl(text)).toBe(expected);
    });

    test.each([
      '',
      'foo',
      '/path',
      'javascript:alert(1)',
      'mailto:a@b.org',
      'http://',
      'http://https//x',
      'http://foo/',
    ])('refuses %j', (text) => {
      expect(normaliseUrl(text)).toBe(null);
    });

    test('resolves relative links against the page', () => {
      expect(normaliseUrl('../x?y=1', 'https://example.org/a/b/c')).toBe('https://example.org/a/x?y=1');
      expect(normaliseUrl('//cdn.example.org/x', 'http://example.org/')).toBe('http://cdn.example.org/x');
      expect(normaliseUrl('x', 'not an address')).toBe(null);
    });

    test('refuses more than 2,048 characters, also after escaping', () => {
      expect(normaliseUrl(`https://example.org/${'a'.repeat(2_028)}`)).toHaveLength(2_048);
      expect(normaliseUrl(`https://example.org/${'a'.repeat(2_029)}`)).toBe(null);
      expect(normaliseUrl(`https://example.org/${'ä'.repeat(1_000)}`)).toBe(null);
    });
  });
});
