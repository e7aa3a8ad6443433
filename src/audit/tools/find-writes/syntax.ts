import type { NodePath } from '@babel/traverse';
import type { Node } from '@babel/types';

/** The expression without what does not change its value: parentheses and TypeScript's assertions. */
export function bareExpression(path: NodePath): NodePath {
  let bare = path;
  while (
    bare.isParenthesizedExpression() ||
    bare.isTSAsExpression() ||
    bare.isTSSatisfiesExpression() ||
    bare.isTSNonNullExpression() ||
    bare.isTSTypeAssertion()
  ) {
    bare = bare.get('expression');
  }
  return bare;
}

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

/**
 * The text that an expression spells out: literals, joined ones, constants, and `{ query: '…' }`. What is
 * filled in at run time reads as `?`. Null where none of it is literal.
 */
export function literalText(given: NodePath, steps = 20): string | null {
  const path = bareExpression(given);
  if (steps === 0) return null;
  if (path.isStringLiteral()) return path.node.value;
  if (path.isTemplateLiteral())
    return path.node.quasis.map(({ value }) => value.cooked ?? value.raw).join('?');
  if (path.isTaggedTemplateExpression()) return literalText(path.get('quasi'), steps - 1);
  if (path.isBinaryExpression({ operator: '+' })) {
    const left = literalText(path.get('left'), steps - 1);
    const right = literalText(path.get('right'), steps - 1);
    return left === null && right === null ? null : `${left ?? '?'}${right ?? '?'}`;
  }
  if (path.isIdentifier()) {
    const binding = path.scope.getBinding(path.node.name);
    const init = binding?.path.isVariableDeclarator() && binding.constant ? binding.path.get('init') : null;
    return init?.isExpression() ? literalText(init, steps - 1) : null;
  }
  if (!path.isObjectExpression()) return null;
  for (const property of path.get('properties')) {
    if (property.isObjectProperty() && propertyName(property.node) === 'query') {
      return literalText(property.get('value'), steps - 1);
    }
  }
  return null;
}
