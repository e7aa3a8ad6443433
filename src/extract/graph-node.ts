import type { PropertyValue, Thing } from './item.ts';

/**
 * An entity while it is being read, before it becomes plain data. References are resolved to the node
 * they name, so nodes form a graph that may have cycles.
 */
export interface GraphNode {
  types: string[];
  id: string | null;
  properties: Map<string, GraphValue[]>;
}

export type GraphValue = string | number | boolean | GraphNode;

/** Counts down the nodes that may still be written out for one page. */
export interface NodeBudget {
  left: number;
  /** Whether nodes had to be left out. */
  spent: boolean;
}

/** More nodes than any real page needs; a page that refers to itself many times over could ask for millions. */
export const maxNodesPerPage = 20_000;

const maxNodesPerItem = 2_000;
const maxDepth = 16;

/**
 * Writes a node out as plain data. A node inside itself or deeper than 16 levels is written as a stub of
 * `@type` and `@id`; nodes beyond 2,000 for one item, or beyond the page's budget, are left out. A property
 * with one value has that value, one with several has an array, one with none is left out.
 *
 * @param clean makes the final string of a property's text
 * @param budget is lowered by one for each node written
 */
export function toThing(
  node: GraphNode,
  clean: (property: string, text: string) => string,
  budget: NodeBudget,
): Thing {
  const path = new Set<GraphNode>();
  const lowest = budget.left - maxNodesPerItem;

  function write(current: GraphNode): Thing {
    budget.left -= 1;
    const thing: Thing = { '@type': current.types };
    if (current.id !== null) thing['@id'] = current.id;
    if (path.has(current) || path.size >= maxDepth) return thing;
    path.add(current);
    for (const [property, values] of current.properties) {
      const written: PropertyValue[] = [];
      for (const value of values) {
        if (typeof value === 'string') written.push(clean(property, value));
        else if (typeof value !== 'object') written.push(value);
        else if (budget.left > Math.max(0, lowest)) written.push(write(value));
        else budget.spent = true;
      }
      const [first] = written;
      if (first !== undefined) thing[property] = written.length === 1 ? first : written;
    }
    path.delete(current);
    return thing;
  }

  return write(node);
}
