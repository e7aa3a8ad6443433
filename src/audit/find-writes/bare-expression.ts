import type { NodePath } from '@babel/traverse';

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
