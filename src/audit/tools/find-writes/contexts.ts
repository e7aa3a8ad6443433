import type { NodePath } from '@babel/traverse';
import type { Node, Program } from '@babel/types';
import type { Definitions } from './definitions.ts';
import { functionUses, isActorCallback, readReferences, type Use } from './function-uses.ts';
import type { WriteContext } from './write-of-call.ts';

export interface Contexts {
  /** Under which actor, if any, the code at a place runs. */
  contextAt(path: NodePath): WriteContext;
}

/**
 * Tells for every place whether an actor context encloses it: by the code around it, or because the
 * function it stands in is called from enclosed places only. Callers that are not in the programs are not
 * seen: a function without any seen caller has an unknown one.
 */
export function createContexts(programs: Iterable<NodePath<Program>>, definitions: Definitions): Contexts {
  const references = readReferences(programs, definitions);
  const uses = new Map<Node, readonly Use[]>();
  const found = new Map<Node, WriteContext>();

  function contextAt(path: NodePath): WriteContext {
    if (isInsideActor(definitions, path)) return 'enclosed';
    const around = path.getFunctionParent();
    if (around === null) return 'unenclosed';
    const earlier = found.get(around.node);
    if (earlier !== undefined) return earlier;
    settle(around);
    return found.get(around.node) ?? 'unknown caller';
  }

  /** Collects the callers of callers, and carries what is certain from them until nothing changes. */
  function settle(start: NodePath): void {
    const queue = [start];
    const reached = new Set<Node>();
    for (let each = queue.pop(); each !== undefined; each = queue.pop()) {
      if (reached.has(each.node)) continue;
      reached.add(each.node);
      const own = uses.get(each.node) ?? functionUses(each, definitions, references);
      uses.set(each.node, own);
      for (const { at } of own) {
        const around = isInsideActor(definitions, at) ? null : at.getFunctionParent();
        if (around !== null) queue.push(around);
      }
    }
    const contexts = new Map<Node, WriteContext>();
    spread(reached, contexts);
    // Functions that nobody calls, and those that only call each other.
    for (const node of reached) if (!contexts.has(node)) contexts.set(node, 'unknown caller');
    spread(reached, contexts);
    for (const [node, context] of contexts) found.set(node, context);
  }

  function spread(reached: ReadonlySet<Node>, contexts: Map<Node, WriteContext>): void {
    for (let changed = true; changed; ) {
      changed = false;
      for (const node of reached) {
        const own = (uses.get(node) ?? []).map((use) => contextOf(use, contexts));
        const after = worst([...own, contexts.get(node)]);
        if (after === undefined || after === contexts.get(node)) continue;
        contexts.set(node, after);
        changed = true;
      }
    }
  }

  function contextOf({ at, kind }: Use, contexts: ReadonlyMap<Node, WriteContext>): WriteContext | undefined {
    if (kind === 'anywhere') return 'unknown caller';
    if (kind === 'actor' || isInsideActor(definitions, at)) return 'enclosed';
    const around = at.getFunctionParent();
    const context = around === null ? 'unenclosed' : contexts.get(around.node);
    // Handed to code that was not read, which may call it from anywhere, or call something else.
    return kind === 'handed over' && context === 'unenclosed' ? 'unknown caller' : context;
  }

  return { contextAt };
}

const order: readonly WriteContext[] = ['enclosed', 'unknown caller', 'unenclosed'];

/** One caller outside every context is enough; undefined while nothing is known of any. */
function worst(contexts: readonly (WriteContext | undefined)[]): WriteContext | undefined {
  return order.findLast((context) => contexts.includes(context));
}

function isInsideActor(definitions: Definitions, path: NodePath): boolean {
  for (let around = path.getFunctionParent(); around !== null; around = around.getFunctionParent()) {
    if (isActorCallback(definitions, around)) return true;
  }
  return false;
}
