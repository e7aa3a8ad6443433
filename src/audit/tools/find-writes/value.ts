import type { NodePath } from '@babel/traverse';
import type { TSEntityName } from '@babel/types';

/** What an expression is, as far as Sequelize is concerned. A promise counts as what it resolves to. */
export type Value =
  | { readonly kind: 'model'; readonly model: string }
  /** A row. `model` is null where only that it is one is known. */
  | { readonly kind: 'instance'; readonly model: string | null }
  | { readonly kind: 'instances'; readonly model: string | null }
  /** `[instance, created]`, of findOrCreate and upsert. */
  | { readonly kind: 'pair'; readonly model: string | null }
  /** `{ rows, count }`, of findAndCountAll. */
  | { readonly kind: 'page'; readonly model: string | null }
  /** Sequelize's class `Model` itself. */
  | { readonly kind: 'base' }
  | { readonly kind: 'sequelize' }
  | { readonly kind: 'queryInterface' };

const pairs = new Set(['findOrCreate', 'findCreateFind', 'findOrBuild', 'upsert']);
const singles = new Set(['findOne', 'findByPk', 'create', 'build']);
const variants = new Set(['scope', 'unscoped', 'schema']);
const sameRow = new Set(['save', 'update', 'reload', 'increment', 'decrement', 'set', 'restore']);
const oneOf = new Set(['find', 'findLast', 'at', 'pop', 'shift']);
const someOf = new Set(['filter', 'slice', 'concat', 'sort', 'reverse', 'toSorted', 'toReversed', 'splice']);

/** What a method of a value gives; null where that is not known. */
export function methodResult(value: Value, method: string): Value | null {
  switch (value.kind) {
    case 'model':
      if (variants.has(method)) return value;
      if (singles.has(method)) return { kind: 'instance', model: value.model };
      if (pairs.has(method)) return { kind: 'pair', model: value.model };
      if (method === 'findAll' || method === 'bulkCreate') return { kind: 'instances', model: value.model };
      return method === 'findAndCountAll' ? { kind: 'page', model: value.model } : null;
    case 'instance':
      if (sameRow.has(method)) return value;
      // `getEvents` gives rows, `getPlace` and `createEvent` one; the name is all there is to tell by.
      if (/^get[A-Z].*s$/.test(method)) return { kind: 'instances', model: null };
      return /^(?:get|create)[A-Z]/.test(method) && !rowMethods.has(method)
        ? { kind: 'instance', model: null }
        : null;
    case 'instances':
      if (oneOf.has(method)) return { kind: 'instance', model: value.model };
      return someOf.has(method) ? value : null;
    case 'sequelize':
      return method === 'getQueryInterface' ? { kind: 'queryInterface' } : null;
    default:
      return null;
  }
}

/** What a property or a place in a destructured pattern gives. */
export function memberResult(value: Value, name: string | number): Value | null {
  if (name === 'sequelize' && (value.kind === 'model' || value.kind === 'instance'))
    return { kind: 'sequelize' };
  if (value.kind === 'pair' && name === 0) return { kind: 'instance', model: value.model };
  if (value.kind === 'instances' && typeof name === 'number') return { kind: 'instance', model: value.model };
  return value.kind === 'page' && name === 'rows' ? { kind: 'instances', model: value.model } : null;
}

/** Methods of every row that are named like association methods and are none. */
export const rowMethods: ReadonlySet<string> = new Set([
  'getDataValue',
  'setDataValue',
  'setAttributes',
  'addHook',
  'removeHook',
]);

interface LookUps {
  evaluate(path: NodePath): Value | null;
  byName(name: string): Value | null;
}

const wrappers = new Set(['Promise', 'Awaited', 'Readonly', 'NonNullable', 'Partial']);
const lists = new Set(['Array', 'ReadonlyArray']);
const modelTypes = new Set(['ModelStatic', 'ModelCtor', 'ModelDefined']);

/** What a value of this TypeScript type is. */
export function valueOfType(path: NodePath, look: LookUps): Value | null {
  if (path.isTSTypeAnnotation()) return valueOfType(path.get('typeAnnotation'), look);
  if (path.isTSArrayType()) return asList(valueOfType(path.get('elementType'), look));
  if (path.isTSTypeOperator()) return valueOfType(path.get('typeAnnotation'), look);
  if (path.isTSUnionType()) {
    for (const member of path.get('types')) {
      const value = valueOfType(member, look);
      if (value !== null) return value;
    }
    return null;
  }
  if (path.isTSTypeQuery()) {
    const name = path.node.exprName;
    return name.type === 'TSImportType' ? null : ofTypeName(path, name, look);
  }
  if (!path.isTSTypeReference()) return null;
  const name = lastName(path.node.typeName);
  const given = path.get('typeArguments');
  const first = given.isTSTypeParameterInstantiation() ? given.get('params')[0] : undefined;
  if (first !== undefined) {
    if (wrappers.has(name)) return valueOfType(first, look);
    if (lists.has(name)) return asList(valueOfType(first, look));
    if (name === 'InstanceType') return asRow(valueOfType(first, look));
    if (modelTypes.has(name)) return asModel(valueOfType(first, look));
  }
  if (name === 'QueryInterface') return { kind: 'queryInterface' };
  const named = ofTypeName(path, path.node.typeName, look);
  return named?.kind === 'sequelize' ? named : asRow(named);
}

/** The value that a type's name has, found from the place where the type stands. */
function ofTypeName(path: NodePath, entity: TSEntityName, look: LookUps): Value | null {
  if (entity.type !== 'Identifier')
    return entity.type === 'TSQualifiedName' ? look.byName(lastName(entity)) : null;
  const binding = path.scope.getBinding(entity.name);
  if (binding === undefined) return look.byName(entity.name);
  const declared = binding.path.isClassDeclaration() ? look.evaluate(binding.path) : null;
  if (declared !== null) return declared;
  const local = binding.path.isModuleSpecifier() ? binding.path.get('local') : null;
  return local?.isIdentifier() ? look.evaluate(local) : look.byName(entity.name);
}

function asRow(value: Value | null): Value | null {
  if (value?.kind === 'base') return { kind: 'instance', model: null };
  return value?.kind === 'model' ? { kind: 'instance', model: value.model } : null;
}

function asList(value: Value | null): Value | null {
  return value?.kind === 'instance' ? { kind: 'instances', model: value.model } : null;
}

function asModel(value: Value | null): Value | null {
  return value?.kind === 'instance' && value.model !== null ? { kind: 'model', model: value.model } : null;
}

function lastName(entity: TSEntityName): string {
  if (entity.type === 'Identifier') return entity.name;
  return entity.type === 'TSQualifiedName' ? entity.right.name : '';
}
