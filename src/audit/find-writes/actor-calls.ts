import type { NodePath } from '@babel/traverse';
import { bareExpression } from './bare-expression.ts';
import type { Definitions } from './definitions.ts';
import { propertyName } from './property-name.ts';

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
