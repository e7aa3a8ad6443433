import type { MarkupElement } from './markup-tree.ts';

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
