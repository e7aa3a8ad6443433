import { storableText } from '../text.ts';
import {
  type GraphNode,
  kindOfThing,
  maxNodesPerPage,
  type NodeBudget,
  pickItems,
  schemaName,
  toThing,
} from './graph.ts';
import type { Item, PageProblem } from './item.ts';
import { childElements, type MarkupElement } from './markup-tree.ts';
import { shownTime } from './shown-time.ts';
import { absoluteIfUrl, absoluteUrl, elementText } from './text.ts';

const itemType = /\sitemtype\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/gi;

/**
 * Says whether a page's microdata can hold an event or a place at all. Many pages mark up their frame
 * (WebPage, WPHeader …) and nothing else; a text search tells at a hundredth of the cost of a tree.
 */
export function mentionsItems(html: string): boolean {
  if (!/itemscope/i.test(html)) return false;
  for (const [, double, single, bare] of html.matchAll(itemType)) {
    const types = (double ?? single ?? bare ?? '').split(/\s+/).map(schemaName);
    if (kindOfThing(types) !== null) return true;
  }
  return false;
}

/** Properties that never hold an address: a link that carries one gives its text, not its target. */
const textProperties: ReadonlySet<string> = new Set([
  'addressLocality',
  'addressRegion',
  'alternateName',
  'description',
  'doorTime',
  'endDate',
  'headline',
  'name',
  'postalCode',
  'startDate',
  'streetAddress',
]);

const dateProperties: ReadonlySet<string> = new Set(['startDate', 'endDate', 'doorTime']);

const urlAttributes: Readonly<Record<string, string>> = {
  a: 'href',
  area: 'href',
  audio: 'src',
  embed: 'src',
  iframe: 'src',
  img: 'src',
  link: 'href',
  object: 'data',
  source: 'src',
  track: 'src',
  video: 'src',
};

/**
 * The value of a microdata property that is not an item (WHATWG HTML, "property value"), with three
 * leniencies that pages need: `content` counts on any element, `datetime` on any element but `ins` and
 * `del`, and a link around a name or a date gives its text.
 *
 * @param property local name of the property
 * @param base absolute address that URLs are resolved against
 */
export function microdataValue(element: MarkupElement, property: string, base: string): string {
  const { name, attributes } = element;
  const urlAttribute = urlAttributes[name];
  if (name === 'meta') return absoluteIfUrl(property, collapse(attributes.content ?? ''), base);
  if (urlAttribute !== undefined && !(textProperties.has(property) && hasText(element))) {
    const reference = attributes[urlAttribute];
    if (reference !== undefined) return absoluteUrl(reference, base) ?? reference.trim();
  }
  if (attributes.content !== undefined) {
    const content = collapse(attributes.content);
    return dateProperties.has(property)
      ? shownTime(content, elementText(element))
      : absoluteIfUrl(property, content, base);
  }
  if ((name === 'data' || name === 'meter') && attributes.value !== undefined)
    return collapse(attributes.value);
  if (name !== 'ins' && name !== 'del' && attributes.datetime?.trim()) return collapse(attributes.datetime);
  return elementText(element);
}

function hasText(element: MarkupElement): boolean {
  return elementText(element) !== '';
}

function collapse(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

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
