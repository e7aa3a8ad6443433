import type { JsonLdBlock } from './json-ld.ts';
import type { RawLink } from './page-link.ts';

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
