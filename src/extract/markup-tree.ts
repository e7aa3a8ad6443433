/** A bare tree of a page's elements: just what microdata needs, and cheap to build. */
export interface MarkupElement {
  name: string;
  attributes: Readonly<Record<string, string>>;
  children: (MarkupElement | string)[];
  /** Rank in tree order: a smaller number stands earlier on the page. */
  order: number;
  /** Offset of the start tag in the text. */
  position: number;
}

/** Deeper elements become children of the one at this depth, so that walking the tree by recursion is safe. */
const maxDepth = 400;

/** Builds a tree from a parser's events. */
export class MarkupTree {
  readonly root: MarkupElement = { name: '', attributes: {}, children: [], order: 0, position: 0 };
  readonly #open: MarkupElement[] = [this.root];
  #count = 0;

  openTag(name: string, attributes: Readonly<Record<string, string>>, position: number): void {
    this.#count += 1;
    const element = { name, attributes, children: [], order: this.#count, position };
    const parent = this.#open[Math.min(this.#open.length, maxDepth) - 1];
    parent?.children.push(element);
    this.#open.push(element);
  }

  text(text: string): void {
    this.#open.at(-1)?.children.push(text);
  }

  closeTag(): void {
    if (this.#open.length > 1) this.#open.pop();
  }
}

/** The elements among a node's children. */
export function childElements(element: MarkupElement): MarkupElement[] {
  return element.children.filter((child) => typeof child === 'object');
}
