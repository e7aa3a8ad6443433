import { type Document, isMap, isNode, isScalar, isSeq, type LineCounter } from 'yaml';

/** The way to a value: map keys and list positions, from the document's root. */
export type FieldPath = readonly PropertyKey[];

/**
 * The line, counted from 1, on which a field of a YAML document begins; for a missing field, the line of what
 * it is missing from.
 */
export function lineOfField(document: Document, where: FieldPath, lineCounter: LineCounter): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const part of where) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === part);
      offset = startOf(pair?.key) ?? offset;
      node = pair?.value;
    } else if (isSeq(node) && typeof part === 'number') {
      node = node.items[part];
      offset = startOf(node) ?? offset;
    }
  }
  return lineCounter.linePos(offset).line;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
