import type { Binding, NodePath } from '@babel/traverse';
import type { Node, Program } from '@babel/types';
import { createExports, resolveImport } from './exports.ts';
import { bareExpression, propertyName } from './syntax.ts';

/** What a name stands for in the end. */
export type Definition =
  /** A class, a function, or an expression. */
  | { readonly kind: 'node'; readonly path: NodePath }
  /** All exports of a file that was read. */
  | { readonly kind: 'file'; readonly file: string }
  /** Something of a package; `name` is `*` for all of it. */
  | { readonly kind: 'package'; readonly module: string; readonly name: string }
  /** A name whose origin was not read, or is put together at run time. */
  | { readonly kind: 'missing'; readonly name: string };

export interface Definitions {
  /** Follows names through variables, imports and members; null where the code does not settle it. */
  definitionOf(path: NodePath): Definition | null;
}

const maxSteps = 40;

/** Looks names up across all programs that were read. */
export function createDefinitions(programs: ReadonlyMap<string, NodePath<Program>>): Definitions {
  const fileOf = new Map<Node, string>([...programs].map(([file, program]) => [program.node, file]));
  const exportsOf = createExports(programs);
  const known = new WeakMap<Node, Definition | null>();
  let steps = 0;

  function definitionOf(given: NodePath): Definition | null {
    const path = bareExpression(given);
    const earlier = known.get(path.node);
    if (earlier !== undefined) return earlier;
    // Names may lead in circles (`a = b; b = a`, files that re-export each other).
    if (steps > maxSteps) return null;
    steps += 1;
    try {
      const found = lookUp(path);
      if (steps === 1) known.set(path.node, found);
      return found;
    } finally {
      steps -= 1;
    }
  }

  function lookUp(path: NodePath): Definition | null {
    if (path.isIdentifier() || path.isJSXIdentifier()) {
      const binding = path.scope.getBinding(path.node.name);
      return binding === undefined ? { kind: 'missing', name: path.node.name } : ofBinding(binding);
    }
    if (path.isMemberExpression() || path.isOptionalMemberExpression()) {
      const name = propertyName(path.node);
      if (name === null) return null;
      const object = path.get('object');
      if (object.isThisExpression()) return ofThis(object, name);
      const owner = definitionOf(object);
      return owner === null ? null : memberOf(owner, name);
    }
    const required = requiredModule(path);
    return required === null ? { kind: 'node', path } : ofModule(path, required);
  }

  function ofBinding(binding: Binding): Definition | null {
    const { path } = binding;
    if (path.isImportSpecifier()) {
      const { imported } = path.node;
      return ofImport(path, imported.type === 'Identifier' ? imported.name : imported.value);
    }
    if (path.isImportDefaultSpecifier()) return ofImport(path, 'default');
    if (path.isImportNamespaceSpecifier()) return ofImport(path, '*');
    if (path.isFunctionDeclaration() || path.isClassDeclaration()) return { kind: 'node', path };
    if (path.isTSImportEqualsDeclaration()) {
      const reference = path.node.moduleReference;
      return reference.type === 'TSExternalModuleReference'
        ? ofModule(path, reference.expression.value)
        : null;
    }
    if (!path.isVariableDeclarator() || !binding.constant) return null;
    const init = path.get('init');
    if (!init.node) return null;
    const id = path.get('id');
    const value = bareExpression(init.isAwaitExpression() ? init.get('argument') : init);
    if (id.isIdentifier()) return definitionOf(value);
    if (!id.isObjectPattern()) return null;
    const key = id.node.properties.find(
      (property) =>
        property.type === 'ObjectProperty' &&
        (property.value === binding.identifier ||
          (property.value.type === 'AssignmentPattern' && property.value.left === binding.identifier)),
    );
    const name = key === undefined || key.type !== 'ObjectProperty' ? null : propertyName(key);
    const owner = definitionOf(value);
    return name === null || owner === null ? null : memberOf(owner, name);
  }

  function ofImport(path: NodePath, name: string): Definition | null {
    const declaration = path.parentPath;
    if (!declaration?.isImportDeclaration()) return null;
    const module = ofModule(path, declaration.node.source.value);
    return name === '*' ? module : memberOf(module, name);
  }

  function ofModule(path: NodePath, specifier: string): Definition {
    const from = fileOf.get(path.scope.getProgramParent().path.node) ?? '';
    const file = resolveImport(programs, from, specifier);
    if (file !== null) return { kind: 'file', file };
    return specifier.startsWith('.')
      ? { kind: 'missing', name: '*' }
      : { kind: 'package', module: specifier, name: '*' };
  }

  function memberOf(owner: Definition, name: string): Definition | null {
    switch (owner.kind) {
      case 'missing':
        return { kind: 'missing', name };
      case 'package':
        return {
          ...owner,
          name: owner.name === '*' || owner.name === 'default' ? name : `${owner.name}.${name}`,
        };
      case 'file':
        return ofExport(owner.file, name);
      case 'node':
        return ofProperty(owner.path, name);
    }
  }

  function ofExport(file: string, name: string): Definition | null {
    const { named, whole, from } = exportsOf(file);
    const own = named.get(name);
    if (own !== undefined) return definitionOf(own);
    if (whole !== null) {
      const all = definitionOf(whole);
      if (name === 'default') return all;
      return (all === null ? null : memberOf(all, name)) ?? { kind: 'missing', name };
    }
    for (const { source, exported, imported } of from) {
      if (exported !== name && exported !== '*') continue;
      const target = ofModule(source, source.node.value);
      const wanted = exported === '*' ? name : imported;
      const found = wanted === '*' ? target : steps > maxSteps ? null : stepInto(target, wanted);
      if (found !== null && found.kind !== 'missing') return found;
    }
    return { kind: 'missing', name };
  }

  function stepInto(target: Definition, name: string): Definition | null {
    steps += 1;
    const found = memberOf(target, name);
    steps -= 1;
    return found;
  }

  function ofProperty(path: NodePath, name: string): Definition | null {
    if (path.isObjectExpression()) {
      for (const property of path.get('properties')) {
        if (property.isSpreadElement() || propertyName(property.node) !== name) continue;
        if (property.isObjectMethod()) return { kind: 'node', path: property };
        if (property.isObjectProperty()) return definitionOf(property.get('value'));
      }
      return null;
    }
    if (path.isNewExpression()) {
      const made = definitionOf(path.get('callee'));
      return made?.kind === 'node' ? ofMethod(made.path, name, false) : null;
    }
    return ofMethod(path, name, true);
  }

  function ofThis(path: NodePath, name: string): Definition | null {
    const method = path.findParent(
      (each) =>
        each.isClassMethod() ||
        each.isClassPrivateMethod() ||
        each.isClassProperty() ||
        each.isObjectMethod(),
    );
    const owner = method?.parentPath;
    if (owner?.isObjectExpression()) return ofProperty(owner, name);
    const isStatic = method !== null && 'static' in method.node && method.node.static === true;
    return owner?.parentPath ? ofMethod(owner.parentPath, name, isStatic) : null;
  }

  function ofMethod(path: NodePath, name: string, isStatic: boolean): Definition | null {
    if (!path.isClass()) return null;
    for (const member of path.get('body').get('body')) {
      if (!member.isClassMethod() && !member.isClassProperty()) continue;
      if (propertyName(member.node) !== name || (member.node.static === true) !== isStatic) continue;
      if (member.isClassMethod()) return { kind: 'node', path: member };
      const value = member.isClassProperty() ? member.get('value') : null;
      return value?.isFunction() ? { kind: 'node', path: value } : null;
    }
    return null;
  }

  return { definitionOf };
}

/** The module of `require('…')` and of `import('…')`; null for everything else. */
function requiredModule(path: NodePath): string | null {
  if (path.isImportExpression())
    return path.node.source.type === 'StringLiteral' ? path.node.source.value : null;
  if (!path.isCallExpression()) return null;
  const { callee, arguments: given } = path.node;
  const [first] = given;
  return callee.type === 'Identifier' && callee.name === 'require' && first?.type === 'StringLiteral'
    ? first.value
    : null;
}
