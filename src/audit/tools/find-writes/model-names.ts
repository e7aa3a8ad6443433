import traverse, { type NodePath } from '@babel/traverse';
import type { Node, ObjectExpression, Program } from '@babel/types';
import { propertyName } from './syntax.ts';

/** The names of all models in the programs. */
export interface ModelNames {
  has(name: string): boolean;
  /** The name of a class that is a model: its `modelName` from `init`, else its own. */
  ofClass(node: Node): string;
  /** The model that `sequelize.define('X', …)` or `sequelize.model('X')` gives; null for other calls. */
  ofCall(node: Node): string | null;
  readonly all: readonly string[];
}

/**
 * Finds the models: classes that extend something named like a model class, and definitions. Whether such a
 * class really is one of Sequelize is settled where it is used.
 */
export function findModelNames(programs: Iterable<NodePath<Program>>): ModelNames {
  const names = new Set<string>();
  const classNames = new Map<Node, string>();
  for (const program of programs) {
    const extending: string[] = [];
    traverse(
      program.node,
      {
        Class(path) {
          const { id, superClass } = path.node;
          if (!superClass) return;
          const own = id?.name ?? variableName(path);
          if (own === null) return;
          classNames.set(path.node, own);
          if (isModelClass(path, superClass, names)) extending.push(own);
        },
        CallExpression(path) {
          const defined = definedModel(path.node);
          if (defined?.method === 'define') names.add(defined.name);
          const named = initialised(path);
          if (named === null) return;
          names.add(named.modelName);
          classNames.set(named.model, named.modelName);
        },
      },
      program.scope,
      undefined,
      program,
    );
    for (const name of extending) names.add(name);
  }
  return {
    has: (name) => names.has(name),
    ofClass: (node) => classNames.get(node) ?? '(class without a name)',
    ofCall: (node) => definedModel(node)?.name ?? null,
    all: [...names].sort(),
  };
}

function isModelClass(path: NodePath, superClass: Node, names: ReadonlySet<string>): boolean {
  if (superClass.type === 'Identifier') {
    const source = path.scope.getBinding(superClass.name)?.path.parent;
    // Another library's Model: its classes must not lend their names to Sequelize's.
    if (source?.type === 'ImportDeclaration' && !/^\.|sequelize/.test(source.source.value)) return false;
    return /Model$/.test(superClass.name) || names.has(superClass.name);
  }
  return superClass.type === 'MemberExpression' && propertyName(superClass) === 'Model';
}

function variableName(path: NodePath): string | null {
  const parent = path.parentPath;
  if (!parent?.isVariableDeclarator()) return null;
  const { id } = parent.node;
  return id.type === 'Identifier' ? id.name : null;
}

function definedModel(node: Node): { method: string; name: string } | null {
  if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return null;
  const method = propertyName(node.callee);
  const [name] = node.arguments;
  if (name?.type !== 'StringLiteral') return null;
  // `customElements.define` and the like take a name and a class; a model takes a name and attributes.
  const defines =
    method === 'define' && node.arguments.length > 1 && node.arguments[1]?.type !== 'ClassExpression';
  return method !== null && (defines || (method === 'model' && node.arguments.length === 1))
    ? { method, name: name.value }
    : null;
}

/** `X.init(attributes, { modelName: 'x' })`, with the class X. */
function initialised(path: NodePath): { model: Node; modelName: string } | null {
  if (!path.isCallExpression()) return null;
  const { callee, arguments: given } = path.node;
  if (callee.type !== 'MemberExpression' || propertyName(callee) !== 'init') return null;
  const options = given.find(
    (each): each is ObjectExpression => each.type === 'ObjectExpression' && has(each),
  );
  const { object } = callee;
  if (options === undefined || object.type !== 'Identifier') return null;
  const declared = path.scope.getBinding(object.name)?.path;
  const name = options.properties.find(
    (each) => each.type === 'ObjectProperty' && propertyName(each) === 'modelName',
  );
  if (declared === undefined || name?.type !== 'ObjectProperty' || name.value.type !== 'StringLiteral')
    return null;
  const model = declared.isVariableDeclarator() ? declared.node.init : declared.node;
  return model ? { model, modelName: name.value.value } : null;
}

function has(options: ObjectExpression): boolean {
  return options.properties.some(
    (each) => each.type === 'ObjectProperty' && propertyName(each) === 'modelName',
  );
}
