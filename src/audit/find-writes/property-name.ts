import type { Node } from '@babel/types';

/** The name that a member access or a property has in plain sight; null where it is computed. */
export function propertyName(node: {
  readonly computed?: boolean | undefined;
  readonly key?: Node;
  readonly property?: Node;
}): string | null {
  const name = node.key ?? node.property;
  if (name?.type === 'StringLiteral') return name.value;
  return name?.type === 'Identifier' && node.computed !== true ? name.name : null;
}
