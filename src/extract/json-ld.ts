import {
  type GraphNode,
  type GraphValue,
  maxNodesPerPage,
  type NodeBudget,
  pickItems,
  schemaName,
  toThing,
} from './graph.ts';
import type { Item, PageProblem } from './item.ts';
import type { Reader } from './reader.ts';
import { type JsonLdRepairStage, repairJson } from './repair-json.ts';
import { absoluteUrl, cleanText } from './text.ts';

export interface JsonLdGraph {
  /** Top-level entities, those of `@graph` included, in document order. */
  roots: GraphNode[];
  /** Position of the block that first mentions a node. */
  positions: Map<GraphNode, number>;
  /** Whether nodes were left out because there were too many. */
  truncated: boolean;
}

const maxDepth = 32;

/**
 * Turns parsed JSON-LD documents into one graph. Nodes with the same `@id` become one node: the first value
 * given for a property stands, properties that only a later mention has are added. Blank ids ("_:…") hold
 * within their document. Nodes beyond a depth of 32 or a count of 20,000 are left out.
 */
export function readJsonLdGraph(
  documents: readonly { value: object; position: number }[],
  base: string,
): JsonLdGraph {
  const byId = new Map<string, GraphNode>();
  const positions = new Map<GraphNode, number>();
  let count = 0;
  let truncated = false;
  let position = 0;

  function readNode(source: object, depth: number): GraphNode {
    const entries = Object.entries(source);
    const keys = new Map(entries);
    const id = identifier(keys);
    const types = typeNames(keys);
    const node = nodeFor(id);
    for (const type of types) if (!node.types.includes(type)) node.types.push(type);
    for (const [key, value] of entries) {
      if (key.startsWith('@') || key === '__proto__') continue;
      if ((key === 'type' && !keys.has('@type')) || (key === 'id' && !keys.has('@id'))) continue;
      const property = schemaName(key);
      if (node.properties.has(property)) continue;
      const values = readValues(value, depth + 1);
      if (values.length > 0 && !node.properties.has(property)) node.properties.set(property, values);
    }
    return node;
  }

  function nodeFor(id: string | null): GraphNode {
    const key = id?.startsWith('_:') ? `${position} ${id}` : id;
    const known = key === null ? undefined : byId.get(key);
    if (known !== undefined) return known;
    const node: GraphNode = { types: [], id, properties: new Map() };
    count += 1;
    positions.set(node, position);
    if (key !== null) byId.set(key, node);
    return node;
  }

  function identifier(keys: ReadonlyMap<string, unknown>): string | null {
    const id = keys.get('@id') ?? keys.get('id');
    if (typeof id !== 'string' || id.trim() === '') return null;
    return id.startsWith('_:') ? id : (absoluteUrl(id, base) ?? id);
  }

  function readValues(value: unknown, depth: number): GraphValue[] {
    if (depth > maxDepth || count > maxNodesPerPage) {
      truncated = true;
      return [];
    }
    if (Array.isArray(value)) return value.flatMap((element) => readValues(element, depth + 1));
    if (typeof value === 'object' && value !== null) {
      if ('@value' in value) return readValues(value['@value'], depth + 1);
      if ('@list' in value) return readValues(value['@list'], depth + 1);
      if ('@set' in value) return readValues(value['@set'], depth + 1);
      return [readNode(value, depth)];
    }
    const scalar = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    return scalar ? [value] : [];
  }

  /** A document's own entities: a `@graph` stands for the nodes in it, even beside other properties. */
  function readRoots(value: unknown, depth: number): GraphNode[] {
    if (depth > maxDepth || typeof value !== 'object' || value === null) return [];
    if (Array.isArray(value)) return value.flatMap((element) => readRoots(element, depth + 1));
    const graph = '@graph' in value ? readRoots(value['@graph'], depth + 1) : [];
    const own = readValues(value, depth).filter((entry) => typeof entry === 'object');
    return [...own, ...graph];
  }

  const roots = documents.flatMap((document) => {
    position = document.position;
    return readRoots(document.value, 0);
  });
  return { roots, positions, truncated };
}

function typeNames(keys: ReadonlyMap<string, unknown>): string[] {
  const types = keys.get('@type') ?? keys.get('type');
  const list: unknown[] = Array.isArray(types) ? types : [types];
  return list.filter((type) => typeof type === 'string').map(schemaName);
}

/** A JSON-LD document that stands by itself. */
export const jsonLdReader: Reader = {
  name: 'json-ld',
  types: ['application/ld+json'],
  accept: ['application/ld+json'],
  endings: ['jsonld'],
  feed: false,
  gives: ['event', 'place'],
  recognises: ({ type }) => type === 'application/ld+json',
  read({ text, url }) {
    const { items, ...rest } = readJsonLd([{ text, position: 0 }], url);
    return { ...rest, items: items.map(({ item }) => item) };
  },
};

export interface JsonLdBlock {
  text: string;
  /** Where the block stands on the page; only the order matters. */
  position: number;
}

export interface JsonLdContent {
  items: { item: Item; position: number }[];
  repairs: Record<JsonLdRepairStage, number>;
  problems: PageProblem[];
}

/**
 * Reads the JSON-LD blocks of one page (JSON-LD 1.1, the part that schema.org pages use): arrays, `@graph`,
 * nested nodes, `@id` references within and across blocks, `@value`, `@list` and `@set`. Contexts are not
 * loaded: names are taken as schema.org's. `@reverse` is ignored. Entities in strings are decoded once, and
 * the values of URL properties are made absolute.
 *
 * @param blocks contents of the script elements, in document order
 * @param base absolute address that relative URLs are resolved against
 */
export function readJsonLd(blocks: readonly JsonLdBlock[], base: string): JsonLdContent {
  const repairs: Record<JsonLdRepairStage, number> = { none: 0, cleaned: 0, repaired: 0, failed: 0 };
  const problems: PageProblem[] = [];
  const documents: { value: object; position: number }[] = [];

  for (const { text, position } of blocks) {
    if (text.trim() === '') continue;
    const { stage, value, reason } = repairJson(text);
    repairs[stage] += 1;
    if (value === null) {
      problems.push({
        code: 'json-ld-unreadable',
        message: `A JSON-LD block could not be read, even after repair: ${reason}. It was skipped.`,
      });
    } else {
      documents.push({ value, position });
    }
  }

  const graph = readJsonLdGraph(documents, base);
  const budget: NodeBudget = { left: maxNodesPerPage, spent: false };
  const clean = (property: string, text: string) => cleanText(property, text, base);
  const items = pickItems(graph.roots).map(({ node, kind }) => ({
    item: { kind, syntax: 'json-ld' as const, thing: toThing(node, clean, budget) },
    position: graph.positions.get(node) ?? 0,
  }));
  if (graph.truncated || budget.spent) {
    problems.push({
      code: 'too-many-nodes',
      message: `The JSON-LD of the page has more nodes than are read (${maxNodesPerPage}). The rest was left out.`,
    });
  }
  return { items, repairs, problems };
}
