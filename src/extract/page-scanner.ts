import { Parser, Tokenizer } from 'htmlparser2';
import { MarkupTree } from './markup-tree.ts';
import { collectedElements, PageCollector } from './page-collector.ts';

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
