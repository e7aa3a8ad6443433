import { storableText } from '../text.ts';
import type { PageProblem } from './item.ts';
import { readJsonLd } from './json-ld.ts';
import { mentionsItems, readMicrodata } from './microdata.ts';
import { type PageBody, type Reader, type Reading, undeclaredTypes } from './reader.ts';
import { scanPage } from './scan-page.ts';
import { withoutContradictedOffset } from './shown-time.ts';
import { absoluteUrl } from './text.ts';

const htmlTypes: ReadonlySet<string> = new Set(['text/html', 'application/xhtml+xml']);
const xmlTypes: ReadonlySet<string> = new Set(['application/xml', 'text/xml']);

const maxLinks = 10_000;

/** Pages of the web: their JSON-LD, their microdata, their links. */
export const htmlReader: Reader = {
  name: 'html',
  types: [...htmlTypes, ...xmlTypes],
  accept: ['text/html', 'application/xhtml+xml', 'application/xml;q=0.9'],
  endings: ['html', 'htm', 'xhtml'],
  feed: false,
  gives: ['event', 'place'],

  recognises({ type, text }) {
    if (htmlTypes.has(type)) return true;
    if (xmlTypes.has(type)) return /<html[\s>]/i.test(text.slice(0, 1_000));
    // An error page in place of a calendar.
    if (type === 'text/calendar') return /^\s*</.test(text);
    return undeclaredTypes.has(type) && /^\s*<(?:!doctype html|html|head|body|!--|[a-z])/i.test(text);
  },

  read: readHtml,
};

function readHtml({ text, url }: PageBody): Reading {
  const { collected, tree, tooDeep } = scanPage(text, maxLinks, mentionsItems(text));
  const base = (collected.base === null ? null : absoluteUrl(collected.base, url)) ?? url;
  const jsonLd = readJsonLd(collected.blocks, base);
  const problems: PageProblem[] = [...jsonLd.problems];
  let found = jsonLd.items;
  for (const { item } of found) {
    if (item.kind === 'event') item.thing = withoutContradictedOffset(item.thing, text);
  }
  if (tree !== null) {
    const microdata = readMicrodata(tree.root, base);
    problems.push(...microdata.problems);
    found = [...found, ...microdata.items].sort((a, b) => a.position - b.position);
  }
  if (collected.links.length >= maxLinks) {
    problems.push({
      code: 'too-many-links',
      message: `The page has ${maxLinks} links or more; those after them were left out.`,
    });
  }
  if (tooDeep) {
    problems.push({
      code: 'markup-too-deep',
      message: 'The page has elements nested thousands deep. It was read up to there.',
    });
  }
  return {
    items: found.map(({ item }) => item),
    links: collected.links,
    base,
    canonicalUrl: collected.canonical === null ? null : absoluteUrl(collected.canonical, base),
    title: collected.title === null ? null : storableText(collected.title),
    repairs: jsonLd.repairs,
    problems,
  };
}
