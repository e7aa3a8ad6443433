import traverse, { type NodePath } from '@babel/traverse';
import type { Node, Program } from '@babel/types';
import type { Definitions } from './definitions.ts';
import { propertyName } from './property-name.ts';

/** Where functions are referred to: by what they are, and, where that is not settled, by method name. */
export interface References {
  readonly byFunction: ReadonlyMap<Node, readonly NodePath[]>;
  readonly byName: ReadonlyMap<string, readonly NodePath[]>;
  /** How many methods of each name there are. */
  readonly methods: ReadonlyMap<string, number>;
}

/** Reads all references to functions in the programs. */
export function readReferences(
  programs: Iterable<NodePath<Program>>,
  { definitionOf }: Definitions,
): References {
  const byFunction = new Map<Node, NodePath[]>();
  const byName = new Map<string, NodePath[]>();
  const methods = new Map<string, number>();
  const refer = (path: NodePath) => {
    const definition = definitionOf(path);
    if (definition?.kind !== 'node' || !definition.path.isFunction()) return false;
    const { node } = definition.path;
    append(byFunction, node, path);
    return true;
  };
  const count = (path: { node: Parameters<typeof propertyName>[0] }) => {
    const name = propertyName(path.node);
    if (name !== null) methods.set(name, (methods.get(name) ?? 0) + 1);
  };
  for (const program of programs) {
    traverse(
      program.node,
      {
        Identifier(path) {
          if (path.isReferencedIdentifier()) refer(path);
        },
        'MemberExpression|OptionalMemberExpression'(path: NodePath) {
          if (!path.isMemberExpression() && !path.isOptionalMemberExpression()) return;
          const name = propertyName(path.node);
          if (refer(path) || name === null) return;
          append(byName, name, path);
        },
        ObjectMethod: count,
        ClassMethod: count,
      },
      program.scope,
      undefined,
      program,
    );
  }
  return { byFunction, byName, methods };
}

function append<Key>(lists: Map<Key, NodePath[]>, key: Key, path: NodePath): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [path]);
  else list.push(path);
}
