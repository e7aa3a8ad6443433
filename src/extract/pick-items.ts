import type { GraphNode } from './graph-node.ts';
import type { ItemKind } from './item.ts';
import { kindOfThing } from './schema-types.ts';

export interface PickedNode {
  node: GraphNode;
  kind: ItemKind;
}

/** Where an event, a place and anything else list entities that stand for themselves. */
const containers: Record<ItemKind | 'other', readonly string[]> = {
  event: ['subEvent', 'subEvents'],
  place: ['event', 'events', 'containsPlace', 'department', 'subOrganization', 'hasPart'],
  other: [
    'itemListElement',
    'item',
    'mainEntity',
    'mainEntityOfPage',
    'about',
    'mentions',
    'hasPart',
    'event',
    'events',
    'subEvent',
    'subEvents',
    'containsPlace',
    'department',
    'subOrganization',
    'dataFeedElement',
    'itemOffered',
    'performerIn',
  ],
};

const maxDepth = 16;

/**
 * Finds the events and places that a page tells of, in document order: the roots themselves and what they
 * contain or list, each once. A place that is only where an event happens is not among them; it stays
 * inside its event.
 *
 * @param roots the page's top-level entities
 */
export function pickItems(roots: readonly GraphNode[]): PickedNode[] {
  const picked = new Map<GraphNode, ItemKind>();
  const seen = new Set<GraphNode>();
  const contained = new Set<GraphNode>();
  const locations = new Set<GraphNode>();

  function visit(node: GraphNode, depth: number): void {
    if (seen.has(node) || depth > maxDepth) return;
    seen.add(node);
    const kind = kindOfThing(node.types);
    if (kind !== null) picked.set(node, kind);
    if (kind === 'event') for (const location of nodesIn(node, 'location')) locations.add(location);
    for (const property of containers[kind ?? 'other']) {
      for (const child of nodesIn(node, property)) {
        contained.add(child);
        visit(child, depth + 1);
      }
    }
  }

  for (const root of roots) visit(root, 0);

  const items: PickedNode[] = [];
  for (const [node, kind] of picked) {
    const onlyLocation =
      kind === 'place' && locations.has(node) && !contained.has(node) && !listsEvents(node);
    if (!onlyLocation) items.push({ node, kind });
  }
  return items;
}

function listsEvents(place: GraphNode): boolean {
  return place.properties.has('event') || place.properties.has('events');
}

function nodesIn(node: GraphNode, property: string): GraphNode[] {
  const values = node.properties.get(property) ?? [];
  return values.filter((value) => typeof value === 'object');
}
