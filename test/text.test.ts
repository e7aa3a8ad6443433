import { describe, expect, test } from 'vitest';
import { isId } from '../src/ids.ts';
import { abbreviate, counted, cutText, isStorable, quoted, storableText } from '../src/text.ts';

test.each([
  ['plain', 'plain'],
  ['a\0b', 'ab'],
  ['half \ud83d of a pair', 'half \ufffd of a pair'],
  ['👩\n\u202e', '👩\n\u202e'],
])('storableText turns %j into %j, which PostgreSQL can store', (text, expected) => {
  expect(storableText(text)).toBe(expected);
  expect(isStorable(text)).toBe(text === expected);
  expect(isStorable(expected)).toBe(true);
});

test.each([
  ['abcd', 4, 'abcd'],
  ['abcd', 3, 'abc'],
  ['👩👩', 3, '👩'],
  ['👩👩', 2, '👩'],
  ['👩', 1, ''],
  ['👩', 0, ''],
])('cutText cuts %j at %i to %j and never splits a surrogate pair', (text, maxLength, expected) => {
  expect(cutText(text, maxLength)).toBe(expected);
});

describe('abbreviate', () => {
  test.each([
    ['abc', 3, 'abc'],
    ['abcd', 3, 'abc…'],
    ['abc', 0, ''],
    ['abc', -1, 'abc'],
    ['👩👩👩', 2, '👩👩…'],
    ['👩👩', 2, '👩👩'],
  ])('shortens %j at %i code points to %j', (text, limit, expected) => {
    expect(abbreviate(text, limit)).toBe(expected);
  });

  test('shortens at 140 code points by default', () => {
    expect(abbreviate('x'.repeat(150))).toBe(`${'x'.repeat(140)}…`);
  });
});

test('quoted escapes a given value and shows at most 100 characters of it', () => {
  expect(quoted('a"\n\u0000')).toBe('"a\\"\\n\\u0000"');
  expect(quoted('x'.repeat(200))).toBe(JSON.stringify('x'.repeat(100)));
});

test.each([
  [0, '0 changes'],
  [1, '1 change'],
  [1988, '1,988 changes'],
])('counted writes %i with its noun as %j', (count, expected) => {
  expect(counted(count, 'change')).toBe(expected);
});

test.each(['1', '999999999999999999'])('isId accepts %s', (text) => {
  expect(isId(text)).toBe(true);
});

test.each(['', '0', '01', '-1', '1.0', ' 1', '1\n', '1000000000000000000', '१'])(
  'isId refuses %j',
  (text) => {
    expect(isId(text)).toBe(false);
  },
);
