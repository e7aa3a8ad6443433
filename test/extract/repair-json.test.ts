import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { repairJson } from '../../src/extract/repair-json.ts';
import { corpusCases, corpusFile, hasCorpus } from './corpora.ts';

test('sound JSON is taken as it is', () => {
  expect(repairJson('{"a": [1, "\\u00e9"]}')).toEqual({
    stage: 'none',
    value: { a: [1, 'é'] },
    reason: null,
  });
});

test.each([
  ['an escape that JSON lacks', String.raw`{"a": "Mayor\'s Day"}`, { a: "Mayor's Day" }],
  ['line breaks and tabs inside a string', '{"a": "one\ntwo\tthree"}', { a: 'one\ntwo\tthree' }],
  ['trailing commas', '{"a": [1, 2,], "b": 3,}', { a: [1, 2], b: 3 }],
  ['a semicolon at the end', '{"a": 1};\n', { a: 1 }],
  ['a CDATA wrapper behind a comment', '//<![CDATA[\n{"a": 1}\n//]]>', { a: 1 }],
  ['a CDATA wrapper', '/* <![CDATA[ */{"a": 1}/* ]]> */', { a: 1 }],
  ['an HTML comment around it', '<!-- {"a": 1} -->', { a: 1 }],
  ['an HTML comment before it', '<!-- our festival -->\n{"a": 1}', { a: 1 }],
  ['a line comment before it', '// our festival\n{"a": 1}', { a: 1 }],
  ['quotes written as entities', '{&quot;a&quot;: &quot;x&quot;}', { a: 'x' }],
  ['a byte order mark', '\uFEFF{"a": 1}', { a: 1 }],
])('%s is cleaned away', (_what, text, value) => {
  expect(repairJson(text)).toMatchObject({ stage: 'cleaned', value });
});

test('cleaning leaves commas, slashes and semicolons inside strings alone', () => {
  const text = '{"url": "https://example.org/a,]//b;", "c": "/* no comment */",}';
  expect(repairJson(text).value).toEqual({ url: 'https://example.org/a,]//b;', c: '/* no comment */' });
});

test.each([
  ['a missing end', '{"a": {"b": 1'],
  ['a missing comma', '{"a": 1 "b": 2}'],
  ['single quotes', "{'a': 1}"],
])('%s is repaired', (_what, text) => {
  expect(repairJson(text).stage).toBe('repaired');
});

test.each([
  ['words', 'please enable cookies'],
  ['a bare string', '"only a string"'],
  ['a number', '42'],
  ['HTML', '<p>{"a": 1}</p>'],
  ['nothing', ''],
])('%s is not made into data', (_what, text) => {
  expect(repairJson(text)).toMatchObject({ stage: 'failed', value: null });
});

test('hostile input ends in an answer, not in an exception', () => {
  for (const text of ['['.repeat(200_000), `{"a":`.repeat(50_000), `{"a": "${'\\'.repeat(100_000)}`]) {
    expect(['repaired', 'failed']).toContain(repairJson(text).stage);
  }
});

const brokenCase = z.object({
  case: z.string(),
  file: z.string(),
  expect: z.array(z.object({ path: z.string(), value: z.unknown() })),
});

const corpus = 'structured/broken-json-ld';

describe.skipIf(!hasCorpus(corpus))('recorded broken blocks (skipped where the corpora are missing)', () => {
  test('every one is read, with every value that is beyond doubt', () => {
    const missing: string[] = [];
    for (const block of corpusCases(`${corpus}/cases.jsonl`, (value) => brokenCase.parse(value))) {
      const { stage, value } = repairJson(corpusFile(`${corpus}/${block.file}`).toString('utf8'));
      if (stage === 'failed') missing.push(block.case);
      for (const { path, value: wanted } of block.expect) {
        if (find(value, path) !== wanted) missing.push(`${block.case} ${path}`);
      }
    }
    expect(missing).toEqual([]);
  });
});

function find(value: unknown, path: string): unknown {
  if (Array.isArray(value))
    return value.map((entry) => find(entry, path)).find((found) => found !== undefined);
  if (typeof value !== 'object' || value === null) return undefined;
  const entries = new Map<string, unknown>(Object.entries(value));
  return entries.get(path) ?? find(entries.get('@graph'), path);
}
