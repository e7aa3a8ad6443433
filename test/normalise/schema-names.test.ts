import { describe, expect, it } from 'vitest';
import { schemaNames } from '../../src/normalise/schema-names.ts';

describe('schemaNames', () => {
  it('takes addresses, prefixes, objects and lists down to the name', () => {
    expect(
      schemaNames([
        'http://www.schema.org/A',
        'schema:B',
        { '@id': 'https://schema.org/C/' },
        [{ name: 'D' }],
        5,
      ]),
    ).toEqual(['A', 'B', 'C', 'D']);
  });

  it('gives at most fifty names, and none of long texts or deep nesting', () => {
    expect(schemaNames([Array(60).fill('A'), Array(60).fill('B')])).toHaveLength(50);
    expect(schemaNames('x'.repeat(101))).toEqual([]);
    expect(schemaNames([[[[['deep']]]]])).toEqual([]);
  });
});
