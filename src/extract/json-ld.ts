import { cleanText } from './clean-text.ts';
import { maxNodesPerPage, type NodeBudget, toThing } from './graph-node.ts';
import type { Item } from './item.ts';
import { readJsonLdGraph } from './json-ld-graph.ts';
import type { PageProblem } from './page-problem.ts';
import { pickItems } from './pick-items.ts';
import { type JsonLdRepairStage, repairJson } from './repair-json.ts';

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
