import { decodeHTMLStrict } from 'entities';
import { storableText } from '../text.ts';
import type { MarkupElement } from './markup-tree.ts';

/**
 * Resolves a reference on a page to an absolute URL.
 *
 * @param base absolute address of the page, or its `<base href>`
 * @returns null when the reference cannot be resolved (WHATWG URL)
 */
export function absoluteUrl(reference: string, base: string): string | null {
  return URL.parse(reference.trim(), base)?.href ?? null;
}

/** Properties whose text is an address of the web, so that a relative one is to be resolved. */
const urlProperties: ReadonlySet<string> = new Set([
  'contentUrl',
  'discussionUrl',
  'downloadUrl',
  'embedUrl',
  'hasMap',
  'hasMenu',
  'image',
  'installUrl',
  'logo',
  'mainEntityOfPage',
  'map',
  'maps',
  'menu',
  'photo',
  'sameAs',
  'target',
  'thumbnailUrl',
  'url',
  'urlTemplate',
]);

/**
 * Makes the final text of a JSON-LD string: entities decoded once (only those that end in a semicolon, so
 * that the "&copy=" of a query string survives), backslashes that some calendars write twice taken away,
 * characters that no database takes removed, relative addresses made absolute, white space at the ends cut.
 */
export function cleanText(property: string, text: string, base: string): string {
  let clean = storableText(text.includes('&') ? decodeHTMLStrict(text) : text);
  if (clean.includes('\\'))
    clean = clean.replace(/\\(['"])/g, '$1').replace(/(>|^)(?:\\[nr])+(?=<|$)/g, '$1\n');
  return absoluteIfUrl(property, clean.trim(), base);
}

/** The text, made an absolute address when the property holds addresses and the text is a relative one. */
export function absoluteIfUrl(property: string, text: string, base: string): string {
  return urlProperties.has(property) && isRelative(text) ? (absoluteUrl(text, base) ?? text) : text;
}

/** "www.example.org" is a host that lacks its scheme, not a file beside the page: it is left as it is. */
function isRelative(reference: string): boolean {
  if (/^(?:[/?.]|#.)/.test(reference)) return true;
  if (/^[a-z][a-z0-9+.-]*:/i.test(reference) || /\s/.test(reference) || reference === '') return false;
  return (
    /^[^./?#]+(?:\.(?:html?|php|aspx?|jsp|jpe?g|png|gif|webp))?(?:[/?#]|$)/i.test(reference) &&
    /[/.]/.test(reference)
  );
}

/**
 * The text of an element as a reader sees it: runs of white space are one space, `<br>` and the ends of
 * blocks are line breaks, script and style are left out. (The microdata algorithm says textContent, with
 * the source's own white space; that tells a reader nothing.)
 */
export function elementText(element: MarkupElement): string {
  const parts: string[] = [];
  collect(element, parts);
  return parts
    .join('')
    .replace(/[ \t\r\f\u00a0]+/g, ' ')
    .replace(/ ?\n[ \n]*/g, '\n')
    .trim();
}

function collect(element: MarkupElement, parts: string[]): void {
  for (const child of element.children) {
    if (typeof child === 'string') {
      parts.push(child.replaceAll('\n', ' '));
    } else if (child.name === 'br') {
      parts.push('\n');
    } else if (!hidden.has(child.name)) {
      const block = blocks.has(child.name);
      if (block) parts.push('\n');
      collect(child, parts);
      if (block) parts.push('\n');
    }
  }
}

const hidden: ReadonlySet<string> = new Set(['script', 'style', 'template']);
const blocks: ReadonlySet<string> = new Set(
  'address article aside blockquote dd div dl dt figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table td th tr ul'.split(
    ' ',
  ),
);
