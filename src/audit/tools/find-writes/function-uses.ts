import type { NodePath } from '@babel/traverse';
import traverse from '@babel/traverse';
import type { Node, Program } from '@babel/types';
import type { Definitions } from './definitions.ts';
import { bareExpression, propertyName } from './syntax.ts';

/** Which parameter of the functions that set an actor is the callback. */
const callbackAt: ReadonlyMap<string, number> = new Map([
  ['withUserActor', 1],
  ['withSystemActor', 0],
  ['withScraperActor', 0],
]);

/**
 * Whether `argument` stands where a function runs as an actor: the callback of withUserActor,
 * withSystemActor or withScraperActor, by whatever name they were imported.
 */
export function isActorCallback(definitions: Definitions, argument: NodePath): boolean {
  const call = argument.parentPath;
  if (!call?.isCallExpression() && !call?.isOptionalCallExpression()) return false;
  if (argument.listKey !== 'arguments') return false;
  const position = callbackAt.get(calledName(definitions, call.get('callee')) ?? '');
  return position !== undefined && argument.key === position;
}

function calledName(definitions: Definitions, given: NodePath): string | null {
  const callee = bareExpression(given);
  const defined = definitions.definitionOf(callee);
  if (defined?.kind === 'package' || defined?.kind === 'missing')
    return defined.name.split('.').at(-1) ?? null;
  if (defined?.kind === 'node' && defined.path.isFunctionDeclaration())
    return defined.path.node.id?.name ?? null;
  return callee.isMemberExpression() ? propertyName(callee.node) : null;
}

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

/**
 * One way in which a function is called:
 * - `called`: at that place, or by something that calls it in the same asynchronous context;
 * - `actor`: as the callback of a function that sets an actor;
 * - `handed over`: given to code that was not read;
 * - `anywhere`: by a name so common that its callers tell nothing.
 */
export interface Use {
  readonly at: NodePath;
  readonly kind: 'called' | 'actor' | 'handed over' | 'anywhere';
}

/** Functions and methods that run their callback in the context of whoever called them. */
const runsInPlace = new Set([
  'map',
  'forEach',
  'flatMap',
  'filter',
  'reduce',
  'reduceRight',
  'some',
  'every',
  'find',
  'findIndex',
  'findLast',
  'sort',
  'toSorted',
  'from',
  'then',
  'catch',
  'finally',
  'transaction',
  'withoutAudit',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'nextTick',
  'Promise',
]);

/** More places than this call `get` or `run`, of whatever it may be. */
const maxCallsByName = 200;

/** All uses through which `fn` can run. Empty: nothing that was read calls it. */
export function functionUses(fn: NodePath, definitions: Definitions, references: References): Use[] {
  // A function may be handed from name to name, also in circles: each is looked at once.
  const seenPaths = new Set<Node>();
  const seenNames = new Set<string>();
  const named = references.byFunction.get(fn.node) ?? [];
  const uses = named.flatMap(usesOf);
  if (fn.isFunctionDeclaration()) return uses;
  if (fn.isClassMethod() || fn.isObjectMethod()) return [...uses, ...ofMethod(propertyName(fn.node))];
  return [...uses, ...usesOf(fn)];

  /** The ways in which the function comes to run that the expression `given` stands for. */
  function usesOf(given: NodePath): Use[] {
    const path = outermost(given);
    const parent = path.parentPath;
    if (parent === null || seenPaths.has(path.node)) return [];
    seenPaths.add(path.node);
    if (path.key === 'callee') return [{ at: parent, kind: 'called' }];
    if (path.listKey === 'arguments') return ofArgument(path, parent);
    if (parent.isMemberExpression() && path.key === 'object') return ofOwnMethod(parent);
    if (parent.isObjectProperty() || parent.isClassProperty()) return ofMethod(propertyName(parent.node));
    if (parent.isAssignmentExpression()) {
      const target = parent.get('left');
      return target.isMemberExpression() ? ofMethod(propertyName(target.node)) : [];
    }
    const isDeclared =
      parent.isVariableDeclarator() || parent.isExportDeclaration() || parent.isExportSpecifier();
    const isType = parent.isTSType() || parent.isTSDeclareFunction() || parent.isTSExportAssignment();
    return isDeclared || isType ? [] : [{ at: parent, kind: 'handed over' }];
  }

  function ofArgument(path: NodePath, call: NodePath): Use[] {
    if (isActorCallback(definitions, path)) return [{ at: call, kind: 'actor' }];
    if (!call.isCallExpression() && !call.isOptionalCallExpression() && !call.isNewExpression()) return [];
    const callee = bareExpression(call.get('callee'));
    const definition = definitions.definitionOf(callee);
    const target = definition?.kind === 'node' && definition.path.isFunction() ? definition.path : null;
    const parameter = typeof path.key === 'number' ? target?.get('params')[path.key] : undefined;
    if (parameter?.isIdentifier()) {
      const binding = target?.scope.getBinding(parameter.node.name);
      if (binding?.constant) return binding.referencePaths.flatMap(usesOf);
    }
    const name = callee.isIdentifier() ? callee.node.name : memberName(callee);
    return [{ at: call, kind: name !== null && runsInPlace.has(name) ? 'called' : 'handed over' }];
  }

  /** `f.call(…)`, `f.apply(…)`, `f.bind(…)`. */
  function ofOwnMethod(member: NodePath): Use[] {
    const call = member.parentPath;
    const name = memberName(member);
    if (call === null || member.key !== 'callee') return [];
    if (name === 'bind') return usesOf(call);
    return name === 'call' || name === 'apply' ? [{ at: call, kind: 'called' }] : [];
  }

  /** What is called by that name on something that is not known. With one method of the name it is that. */
  function ofMethod(name: string | null): Use[] {
    if (name === null || seenNames.has(name) || references.byFunction.has(fn.node)) return [];
    seenNames.add(name);
    const calls = references.byName.get(name) ?? [];
    if (calls.length > maxCallsByName) return [{ at: fn, kind: 'anywhere' }];
    const only = references.methods.get(name) === 1;
    return calls.flatMap((path) =>
      usesOf(path).map((use): Use => (only || use.kind !== 'called' ? use : { ...use, kind: 'handed over' })),
    );
  }
}

function outermost(path: NodePath): NodePath {
  let outer = path;
  for (
    let parent = outer.parentPath;
    parent !== null && bareExpression(parent) !== parent;
    parent = outer.parentPath
  ) {
    outer = parent;
  }
  return outer;
}

function memberName(path: NodePath): string | null {
  return path.isMemberExpression() || path.isOptionalMemberExpression() ? propertyName(path.node) : null;
}
