import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { scanPage } from '../../src/extract/scan-page.ts';
import { corpusCases, corpusFile, hasCorpus } from './corpora.ts';

function view(html: string, withTree: boolean) {
  const { title, base, canonical, links, blocks } = scanPage(html, 10_000, withTree).collected;
  return { title, base, canonical, links, blocks };
}

test.each([
  ['attributes of every kind', `<A HREF='a' title=b rel="x y" hidden>Text</A>`],
  [
    'entities in attributes and text',
    '<a href="?a=1&amp;b=2&copy=3">Tom &amp; J&eacute;r&#244;me</a><title>A &lt; B</title>',
  ],
  ['a repeated attribute', '<a href="first" href="second">x</a>'],
  [
    'tags in comments, scripts, styles and text areas',
    '<!-- <a href=1> --><script>"<a href=2>"</script><style><a href=3></style><textarea><a href=4></textarea><a href=5>x</a>',
  ],
  ['markup in attributes', '<div title="<a href=1>"><a href=2>x</a></div>'],
  ['an unclosed tag at the end', '<a href=1>x</a><a href="2'],
  ['a title in a picture after the real one', '<title>real</title><svg><title>picture</title></svg>'],
  ['links without ends', '<a href=1>one<a href=2>two<p>'],
  ['self-closing elements', '<base href="/b/"/><link rel=canonical href=c /><link rel=next href=n>'],
  [
    'JSON-LD with everything in it',
    '<script type="application/ld+json">{"a": "<b>&amp;</b> <!-- x -->"}</script>',
  ],
  ['a long unknown element', '<very-long-element-name href=x><a href=1>x</a></very-long-element-name>'],
])('both ways of reading see the same in %s', (_what, html) => {
  expect(view(html, true)).toEqual(view(html, false));
});

const page = z.object({ pages: z.array(z.object({ file: z.string() })) });
const corpus = 'events/city-scrapers';

describe.skipIf(!hasCorpus(corpus))('recorded pages (skipped where the corpora are missing)', () => {
  test('both ways of reading see the same links, titles and blocks', () => {
    const files = corpusCases(`${corpus}/cases.jsonl`, (value) => page.parse(value)).flatMap(
      ({ pages }) => pages,
    );
    const html = files.map(({ file }) => file).filter((file) => file.endsWith('.html'));
    expect(html.length).toBeGreaterThan(100);
    for (const file of html) {
      const text = corpusFile(`${corpus}/${file}`).toString('utf8');
      expect({ file, ...withoutText(view(text, true)) }).toEqual({ file, ...withoutText(view(text, false)) });
    }
  });
});

/** Where a link has no end, only the parser knows how far its text goes. */
function withoutText({ links, ...rest }: ReturnType<typeof view>) {
  return { ...rest, links: links.map(({ href, rel, head }) => ({ href, rel, head })) };
}
