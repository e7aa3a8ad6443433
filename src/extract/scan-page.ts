import { Parser, Tokenizer } from 'htmlparser2';
import type { JsonLdBlock } from './json-ld.ts';
import { MarkupTree } from './markup-tree.ts';
import type { RawLink } from './reader.ts';

export type Attributes = Readonly<Record<string, string>>;

/** The elements that a collector wants to be told of. */
export const collectedElements: ReadonlySet<string> = new Set([
  'a',
  'area',
  'base',
  'link',
  'script',
  'title',
]);

/** A link's text longer than this says nothing about where it leads. */
const maxLinkText = 80;

/** Gathers title, links and JSON-LD from the events of a parser. */
export class PageCollector {
  title: string | null = null;
  /** `href` of the first `<base>`, as written. */
  base: string | null = null;
  /** `href` of the first `<link rel=canonical>`, as written. */
  canonical: string | null = null;
  readonly links: RawLink[] = [];
  readonly blocks: JsonLdBlock[] = [];
  readonly #maxLinks: number;
  #capturing: 'a' | 'title' | 'script' | null = null;
  #text = '';
  #position = 0;
  #link: RawLink | null = null;

  constructor(maxLinks: number) {
    this.#maxLinks = maxLinks;
  }

  /** Whether the text that comes now is wanted. */
  get capturing(): boolean {
    return this.#capturing !== null;
  }

  /** @param position offset of the start tag */
  openTag(name: string, attributes: Attributes, position: number): void {
    if (name === 'a') {
      this.end();
      this.#link = this.#addLink(attributes, false);
      if (this.#link !== null) this.#capturing = 'a';
    } else if (name === 'area') {
      this.#addLink(attributes, false);
    } else if (name === 'link') {
      const { rel = '' } = attributes;
      if (this.canonical === null && /(?:^|\s)canonical(?:\s|$)/i.test(rel)) {
        this.canonical = attributes.href ?? null;
      }
      if (/next|alternate/i.test(rel)) this.#addLink(attributes, true);
    } else if (name === 'base') {
      this.base ??= attributes.href ?? null;
    } else if (name === 'title' && this.title === null) {
      this.end();
      this.#capturing = 'title';
    } else if (name === 'script' && /^\s*application\/ld\+json\b/i.test(attributes.type ?? '')) {
      this.end();
      this.#capturing = 'script';
      this.#position = position;
    }
  }

  text(text: string): void {
    if (this.#capturing === null) return;
    if (this.#capturing !== 'a' || this.#text.length < maxLinkText) this.#text += text;
  }

  closeTag(name: string): void {
    if (name === this.#capturing) this.end();
  }

  /** Finishes the element whose text was being gathered; to be called at the end of the page, too. */
  end(): void {
    const text = this.#text;
    if (this.#capturing === 'title') this.title ??= text.replace(/\s+/g, ' ').trim() || null;
    else if (this.#capturing === 'script') this.blocks.push({ text, position: this.#position });
    else if (this.#link !== null) this.#link.text = text.trim() || this.#link.text;
    this.#link = null;
    this.#capturing = null;
    this.#text = '';
  }

  #addLink(attributes: Attributes, head: boolean): RawLink | null {
    const { href, rel = '', type = '', title = '' } = attributes;
    if (href === undefined || this.links.length >= this.#maxLinks) return null;
    const added = { href, rel, type, text: attributes['aria-label'] ?? title, head };
    this.links.push(added);
    return added;
  }
}

/** What one pass over the markup of a page gathers. */
export interface ScannedPage {
  collected: PageCollector;
  /** The tree of the page; null when none was wanted. */
  tree: MarkupTree | null;
  /** Whether elements were nested so deep that reading stopped there. */
  tooDeep: boolean;
}

/** The parser takes time by the square of the depth: a million open elements would hold it for minutes. */
const maxDepth = 10_000;

/**
 * Reads a page's markup in one pass. Only microdata needs a tree, and with it the parser's knowledge of
 * which element ends where; without, the tokenizer alone does, in less time.
 *
 * @param maxLinks links beyond this number are left out
 * @param withTree whether a tree is wanted
 */
export function scanPage(html: string, maxLinks: number, withTree: boolean): ScannedPage {
  const collected = new PageCollector(maxLinks);
  if (withTree) return scanWithTree(html, collected);
  scanTags(html, collected);
  return { collected, tree: null, tooDeep: false };
}

function scanWithTree(html: string, collected: PageCollector): ScannedPage {
  const tree = new MarkupTree();
  let depth = 0;
  let tooDeep = false;
  const parser = new Parser({
    onopentag(name, attributes) {
      depth += 1;
      if (depth > maxDepth) {
        tooDeep = true;
        parser.pause();
      }
      tree.openTag(name, attributes, parser.startIndex);
      collected.openTag(name, attributes, parser.startIndex);
    },
    ontext(text) {
      tree.text(text);
      collected.text(text);
    },
    onclosetag(name) {
      depth -= 1;
      tree.closeTag();
      collected.closeTag(name);
    },
  });
  parser.end(html);
  collected.end();
  return { collected, tree, tooDeep };
}

function scanTags(html: string, collected: PageCollector): void {
  let name = '';
  let position = 0;
  let attributes: Record<string, string> | null = null;
  let attribute = '';
  let value = '';

  function endTag(): void {
    if (attributes !== null) collected.openTag(name, attributes, position);
    attributes = null;
  }

  const tokenizer = new Tokenizer(
    { decodeEntities: true },
    {
      onopentagname(start, end) {
        const length = end - start;
        if (length > longestName) return;
        name = html.slice(start, end).toLowerCase();
        position = start - 1;
        attributes = collectedElements.has(name) ? {} : null;
      },
      onattribname(start, end) {
        if (attributes === null) return;
        attribute = html.slice(start, end).toLowerCase();
        value = '';
      },
      onattribdata(start, end) {
        if (attributes !== null) value += html.slice(start, end);
      },
      onattribentity(codePoint) {
        if (attributes !== null) value += String.fromCodePoint(codePoint);
      },
      onattribend() {
        if (attributes !== null && !Object.hasOwn(attributes, attribute)) attributes[attribute] = value;
      },
      onopentagend: endTag,
      onselfclosingtag: endTag,
      onclosetag(start, end) {
        if (collected.capturing && end - start <= longestName) {
          collected.closeTag(html.slice(start, end).toLowerCase());
        }
      },
      ontext(start, end) {
        if (collected.capturing) collected.text(html.slice(start, end));
      },
      ontextentity(codePoint) {
        if (collected.capturing) collected.text(String.fromCodePoint(codePoint));
      },
      oncdata: ignore,
      oncomment: ignore,
      ondeclaration: ignore,
      onend: ignore,
      onprocessinginstruction: ignore,
    },
  );
  tokenizer.write(html);
  tokenizer.end();
  collected.end();
}

const longestName = Math.max(...[...collectedElements].map((name) => name.length));

/** Comments, declarations and the like say nothing that is read here. */
function ignore(): void {}
