import { describe, expect, it } from 'vitest';
import { normaliseEmail } from '../../src/normalise/email.ts';

describe('normaliseEmail', () => {
  it.each([
    ['mailto:Info@Example.ORG?subject=Hello', 'Info@example.org'],
    ['mailto:info%40example.org', 'info@example.org'],
    ['The Board <board@example.org>', 'board@example.org'],
    [' x.y+z@sub.example.org ', 'x.y+z@sub.example.org'],
    ['x@münchen.de', 'x@münchen.de'],
    ['user%example.com@example.org', 'user%example.com@example.org'],
  ])('turns %s into %s', (text, expected) => {
    expect(normaliseEmail(text)).toBe(expected);
  });

  it.each([
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
