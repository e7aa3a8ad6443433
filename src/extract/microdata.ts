import { absoluteUrl } from './absolute-url.ts';
import { storableText } from './clean-text.ts';
import { type GraphNode, maxNodesPerPage, type NodeBudget, toThing } from './graph-node.ts';
import type { Item } from './item.ts';
import { childElements, type MarkupElement } from './markup-tree.ts';
import { microdataValue } from './microdata-value.ts';
import type { PageProblem } from './page-problem.ts';
import { pickItems } from './pick-items.ts';
import { schemaName } from './schema-name.ts';

export interface MicrodataContent {
  items: { item: Item; position: number }[];
  problems: PageProblem[];
}

/**
 * Reads the microdata of a page (WHATWG HTML, "Microdata"): items, nested items, `itemref` with cycles,
 * properties in tree order. `itemtype` becomes `@type`, `itemid` becomes `@id`. An event or place whose
 * element has `itemprop` but lies in no item is read as if it had none.
 *
 * @param root the page's tree
 * @param base absolute address that relative URLs are resolved against
 */
export function readMicrodata(root: MarkupElement, base: string): MicrodataContent {
  const { roots, positions } = readMicrodataNodes(root, base);
  const budget: NodeBudget = { left: maxNodesPerPage, spent: false };
  const clean = (_property: string, text: string) => storableText(text);
  const items = pickItems(roots).map(({ node, kind }) => ({
    item: { kind, syntax: 'microdata' as const, thing: toThing(node, clean, budget) },
    position: positions.get(node) ?? 0,
  }));
  const problems: PageProblem[] = [];
  if (budget.spent) {
    problems.push({
      code: 'too-many-nodes',
      message: `The microdata of the page has more nodes than are read (${maxNodesPerPage}). The rest was left out.`,
    });
  }
  return { items, problems };
}

/**
 * All top-level items of a page, whatever their type, in document order, and where each item stands.
 *
 * @param root the page's tree
 * @param base absolute address that relative URLs are resolved against
 */
export function readMicrodataNodes(
  root: MarkupElement,
  base: string,
): { roots: GraphNode[]; positions: Map<GraphNode, number> } {
  const scopes: MarkupElement[] = [];
  const byId = new Map<string, MarkupElement>();
  index(root, scopes, byId);

  const nodes = new Map<MarkupElement, GraphNode>();
  const positions = new Map<GraphNode, number>();

  function readItem(element: MarkupElement): GraphNode {
    const known = nodes.get(element);
    if (known !== undefined) return known;
    const { itemtype, itemid } = element.attributes;
    const node: GraphNode = {
      types: words(itemtype).map(schemaName),
      id: itemid?.trim() ? (absoluteUrl(itemid, base) ?? itemid.trim()) : null,
      properties: new Map(),
    };
    nodes.set(element, node);
    positions.set(node, element.position);
    for (const propertyElement of propertyElements(element, byId)) {
      const names = words(propertyElement.attributes.itemprop).map(schemaName);
      const nested = 'itemscope' in propertyElement.attributes;
      for (const name of names) {
        const value = nested ? readItem(propertyElement) : microdataValue(propertyElement, name, base);
        const values = node.properties.get(name);
        if (values === undefined) node.properties.set(name, [value]);
        else values.push(value);
      }
    }
    return node;
  }

  const topLevel = scopes.filter((element) => words(element.attributes.itemprop).length === 0);
  const roots = topLevel.map(readItem);
  for (const element of scopes) if (!nodes.has(element)) roots.push(readItem(element));
  roots.sort((a, b) => (positions.get(a) ?? 0) - (positions.get(b) ?? 0));
  return { roots, positions };
}

function index(element: MarkupElement, scopes: MarkupElement[], byId: Map<string, MarkupElement>): void {
  for (const child of childElements(element)) {
    if ('itemscope' in child.attributes) scopes.push(child);
    const { id } = child.attributes;
    if (id !== undefined && !byId.has(id)) byId.set(id, child);
    index(child, scopes, byId);
  }
}

/** "The properties of an item": the elements with `itemprop` that belong to this item, in tree order. */
function propertyElements(item: MarkupElement, byId: ReadonlyMap<string, MarkupElement>): MarkupElement[] {
  const memory = new Set<MarkupElement>([item]);
  const results: MarkupElement[] = [];
  const referred = words(item.attributes.itemref).map((id) => byId.get(id));
  const pending = [...childElements(item), ...referred.filter((element) => element !== undefined)];
  for (let current = pending.pop(); current !== undefined; current = pending.pop()) {
    if (memory.has(current)) continue;
    memory.add(current);
    if (!('itemscope' in current.attributes)) for (const child of childElements(current)) pending.push(child);
    if (words(current.attributes.itemprop).length > 0) results.push(current);
  }
  return results.sort((a, b) => a.order - b.order);
}

function words(attribute: string | undefined): string[] {
  return attribute?.split(/\s+/).filter((word) => word !== '') ?? [];
}
