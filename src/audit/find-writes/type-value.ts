import type { NodePath } from '@babel/traverse';
import type { TSEntityName } from '@babel/types';
import type { Value } from './value.ts';

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
