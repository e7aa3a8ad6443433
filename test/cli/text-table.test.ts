import { describe, expect, test } from 'vitest';
import { cutToWidth, displayWidth } from '../../src/cli/terminal.ts';
import { textTable } from '../../src/cli/text-table.ts';

describe('textTable', () => {
  test('aligns words left and numbers right', () => {
    const table = textTable(
      [{ title: 'NAME' }, { title: 'PAGES', align: 'right' }, { title: 'STATE' }],
      [
        ['a', '5', 'finished'],
        ['longer', '12345678', 'failed'],
      ],
      80,
    );
    expect(table.split('\n')).toEqual([
      'NAME       PAGES  STATE',
      'a              5  finished',
      'longer  12345678  failed',
    ]);
  });

  test('cuts flexible columns, the widest most, until the lines fit', () => {
    const table = textTable(
      [{ title: 'ID' }, { title: 'TEXT', flexible: true }, { title: 'URL', flexible: true }],
      [['1', 'x'.repeat(90), 'https://example.org/short']],
      60,
    );
    for (const line of table.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(60);
    expect(table).toContain('https://example.org/short');
    expect(table).toContain('…');
  });

  test('leaves spare columns out, the last first, before a flexible one is cut below its least width', () => {
    const columns = [
      { title: 'ID' },
      { title: 'PAGES', spare: true },
      { title: 'STATE', spare: true },
      { title: 'WHY', flexible: true, least: 20 },
    ];
    const titles = (width: number) =>
      textTable(columns, [['1', '29', 'done', 'x'.repeat(50)]], width).split('\n')[0];
    expect(titles(80)).toMatch(/^ID +PAGES +STATE +WHY$/);
    expect(titles(38)).toMatch(/^ID +PAGES +STATE +WHY$/);
    expect(titles(37)).toMatch(/^ID +PAGES +WHY$/);
    expect(titles(25)).toMatch(/^ID +WHY$/);
    expect(textTable(columns, [['1', '29', 'done', 'x'.repeat(50)]], 10)).toContain(`1   ${'x'.repeat(19)}…`);
  });

  test('ends when even the narrowest columns do not fit', () => {
    expect(textTable([{ title: 'A', flexible: true }], [['y'.repeat(50)]], 5)).toContain('…');
    expect(textTable([{ title: 'A' }], [['y'.repeat(50)]], 5)).toContain('y'.repeat(50));
  });

  test('keeps a hostile cell on its line and in its column', () => {
    const table = textTable([{ title: 'A' }, { title: 'B' }], [['\u001b[1Ax\ny', 'b']], 80);
    expect(table.split('\n')).toHaveLength(2);
    expect(table).not.toContain('\u001b');
  });

  test('leaves the titles out when there are none', () => {
    expect(textTable([{ title: '' }], [['a']], 80)).toBe('a');
  });
});

describe('displayWidth', () => {
  test.each([
    ['abc', 3],
    ['東京', 4],
    ['한국', 4],
    ['e\u0301', 1],
    ['👩‍👩‍👧', 2],
    ['❤️', 2],
    ['é', 1],
  ])('%s takes %i columns', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });

  test('never cuts through a character', () => {
    expect(cutToWidth('東京タワー', 6)).toBe('東京…');
    expect(cutToWidth('👩‍👩‍👧👩‍👩‍👧', 3)).toBe('👩‍👩‍👧…');
  });
});
