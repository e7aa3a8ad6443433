import type { Binding, NodePath } from '@babel/traverse';
import type { Node } from '@babel/types';
import type { Definition, Definitions } from './definitions.ts';
import type { ModelNames } from './model-names.ts';
import { bareExpression, propertyName } from './syntax.ts';
import { memberResult, methodResult, type Value, valueOfType } from './value.ts';

export interface Values {
  /** What the expression is; null where the code does not tell. */
  evaluate(path: NodePath): Value | null;
}

const sequelizePackages = new Set(['sequelize', 'sequelize-typescript', '@sequelize/core']);
const iterators = new Set(['map', 'forEach', 'filter', 'flatMap', 'some', 'every', 'find', 'sort']);
const maxSteps = 60;

/** Tells models, rows and database handles apart, within functions and across files. */
export function createValues({ definitionOf }: Definitions, models: ModelNames): Values {
  const known = new WeakMap<Node, Value | null>();
  let steps = 0;

  const typed = (path: NodePath) => valueOfType(path, { evaluate, byName });

  function evaluate(given: NodePath): Value | null {
    const path = bareExpression(given);
    const earlier = known.get(path.node);
    if (earlier !== undefined) return earlier;
    if (steps > maxSteps) return null;
    // In progress: a variable that is assigned from itself must not be asked again.
    known.set(path.node, null);
    steps += 1;
    const found = evaluateBare(path);
    steps -= 1;
    known.set(path.node, found);
    return found;
  }

  function evaluateBare(path: NodePath): Value | null {
    if (path.isAwaitExpression()) return evaluate(path.get('argument'));
    if (path.isIdentifier()) return ofIdentifier(path, path.node.name);
    if (path.isMemberExpression() || path.isOptionalMemberExpression()) return ofMember(path);
    if (path.isCallExpression() || path.isOptionalCallExpression()) return ofCall(path);
    if (path.isNewExpression()) {
      const made = evaluate(path.get('callee'));
      if (made?.kind === 'model') return { kind: 'instance', model: made.model };
      return made?.kind === 'sequelize' ? made : null;
    }
    if (path.isThisExpression()) return ofThis(path);
    if (path.isClass()) return ofClass(path);
    if (path.isAssignmentExpression()) return evaluate(path.get('right'));
    if (path.isLogicalExpression()) return evaluate(path.get('left')) ?? evaluate(path.get('right'));
    if (path.isConditionalExpression())
      return evaluate(path.get('consequent')) ?? evaluate(path.get('alternate'));
    return null;
  }

  function ofIdentifier(path: NodePath, name: string): Value | null {
    const definition = definitionOf(path);
    const defined = definition === null ? null : ofDefinition(definition, path);
    if (defined !== null) return defined;
    const binding = path.scope.getBinding(name);
    const bound = binding === undefined ? null : ofBinding(binding);
    if (bound !== null || (definition?.kind === 'node' && definition.path.isClass())) return bound;
    // Models are often handed round in objects that are filled at run time; their names remain.
    return byName(name);
  }

  function byName(name: string): Value | null {
    if (models.has(name)) return { kind: 'model', model: name };
    if (/^(?:sequelize|db)$/i.test(name))
      return name === 'Sequelize' || /^s/i.test(name) ? { kind: 'sequelize' } : null;
    return /^queryInterface$/i.test(name) ? { kind: 'queryInterface' } : null;
  }

  function ofDefinition(definition: Definition, from: NodePath): Value | null {
    if (definition.kind === 'missing') return byName(definition.name);
    if (definition.kind === 'package') {
      if (!sequelizePackages.has(definition.module)) return null;
      const name = definition.name.replace(/^Sequelize\./, '');
      if (name === 'Model') return { kind: 'base' };
      return name === 'Sequelize' || name === 'default' || name === '*' ? { kind: 'sequelize' } : null;
    }
    return definition.kind === 'node' && definition.path.node !== from.node
      ? evaluate(definition.path)
      : null;
  }

  function ofMember(path: NodePath): Value | null {
    if (!path.isMemberExpression() && !path.isOptionalMemberExpression()) return null;
    const object = path.get('object');
    const { property } = path.node;
    const name = property.type === 'NumericLiteral' ? property.value : propertyName(path.node);
    if (name === null) return null;
    const definition = definitionOf(path);
    const defined = definition === null ? null : ofDefinition(definition, path);
    if (defined !== null) return defined;
    if (object.isThisExpression()) {
      const field = typeof name === 'string' ? ofField(object, name) : null;
      if (field !== null) return field;
    }
    const owner = evaluate(object);
    if (owner !== null && owner.kind !== 'sequelize') return memberResult(owner, name);
    return typeof name === 'string' ? byName(name) : null;
  }

  function ofCall(path: NodePath): Value | null {
    if (!path.isCallExpression() && !path.isOptionalCallExpression()) return null;
    const callee = path.get('callee');
    if (callee.isMemberExpression() || callee.isOptionalMemberExpression()) {
      const method = propertyName(callee.node);
      const owner = evaluate(callee.get('object'));
      if (owner !== null && method !== null) {
        const named = owner.kind === 'sequelize' ? models.ofCall(path.node) : null;
        if (named !== null) return { kind: 'model', model: named };
        const result = methodResult(owner, method);
        if (result !== null) return result;
      }
    }
    const called = definitionOf(callee);
    if (called?.kind !== 'node' || !called.path.isFunction()) return null;
    const annotation = called.path.get('returnType');
    const promised = !Array.isArray(annotation) && annotation.isTSTypeAnnotation() ? typed(annotation) : null;
    return promised ?? ofReturned(called.path);
  }

  function ofReturned(path: NodePath): Value | null {
    if (!path.isFunction()) return null;
    const body = path.get('body');
    if (!body.isBlockStatement()) return evaluate(body);
    for (const statement of body.get('body')) {
      const returned = statement.isReturnStatement() ? statement.get('argument') : null;
      const value = returned?.node ? evaluate(returned) : null;
      if (value !== null) return value;
    }
    return null;
  }

  function ofThis(path: NodePath): Value | null {
    const member = path.findParent((each) => each.isClassMethod() || each.isClassProperty());
    const owner = member?.parentPath?.parentPath;
    const model = owner?.isClass() ? evaluate(owner) : null;
    if (model?.kind !== 'model' || member === null || member === undefined) return null;
    const isStatic = 'static' in member.node && member.node.static === true;
    return isStatic ? model : { kind: 'instance', model: model.model };
  }

  /** `this.name`: a typed or initialised property, or a parameter property, of the class around. */
  function ofField(path: NodePath, name: string): Value | null {
    const owner = path.findParent((each) => each.isClass());
    if (!owner?.isClass()) return null;
    for (const member of owner.get('body').get('body')) {
      if (member.isClassProperty() && propertyName(member.node) === name) {
        const annotation = member.get('typeAnnotation');
        const value = member.get('value');
        return (annotation.node ? typed(annotation) : null) ?? (value.node ? evaluate(value) : null);
      }
      if (!member.isClassMethod({ kind: 'constructor' })) continue;
      for (const parameter of member.get('params')) {
        const inner = parameter.isTSParameterProperty() ? parameter.get('parameter') : null;
        if (inner?.isIdentifier({ name })) return ofAnnotation(inner);
      }
    }
    return null;
  }

  function ofClass(path: NodePath): Value | null {
    if (!path.isClass()) return null;
    const parent = path.get('superClass');
    if (!parent.node) return null;
    const inherited = evaluate(parent);
    if (inherited?.kind !== 'base' && inherited?.kind !== 'model') return null;
    return { kind: 'model', model: models.ofClass(path.node) };
  }

  function ofBinding(binding: Binding): Value | null {
    const declared = ofDeclaration(binding);
    if (declared !== null) return declared;
    for (const violation of binding.constantViolations) {
      if (!violation.isAssignmentExpression()) continue;
      const left = violation.get('left');
      const right = violation.get('right');
      const value = left.isIdentifier() ? evaluate(right) : ofPattern(left, binding.identifier, right);
      if (value !== null) return value;
    }
    return null;
  }

  function ofDeclaration(binding: Binding): Value | null {
    const { path } = binding;
    if (path.isVariableDeclarator()) {
      const id = path.get('id');
      const annotated = id.isIdentifier() ? ofAnnotation(id) : null;
      if (annotated !== null) return annotated;
      const loop = path.parentPath?.parentPath;
      if (loop?.isForOfStatement()) {
        const all = evaluate(loop.get('right'));
        return all === null ? null : memberResult(all, 0);
      }
      const init = path.get('init');
      if (!init.node) return null;
      return id.isIdentifier() ? evaluate(init) : ofPattern(id, binding.identifier, init);
    }
    return binding.kind === 'param' ? ofParameter(binding) : null;
  }

  function ofParameter(binding: Binding): Value | null {
    const { path } = binding;
    if (path.isIdentifier()) {
      const annotated = ofAnnotation(path);
      if (annotated !== null) return annotated;
    }
    const callback = path.parentPath;
    const call = callback?.parentPath;
    if (!path.isIdentifier() || path.key !== 0 || !call?.isCallExpression()) return null;
    const callee = call.get('callee');
    if (!callee.isMemberExpression() && !callee.isOptionalMemberExpression()) return null;
    const method = propertyName(callee.node) ?? '';
    const owner = evaluate(callee.get('object'));
    if (owner === null) return null;
    if (method === 'then') return owner;
    return owner.kind === 'instances' && iterators.has(method) ? memberResult(owner, 0) : null;
  }

  function ofPattern(pattern: NodePath, identifier: Node, source: NodePath): Value | null {
    const bare = bareExpression(source.isAwaitExpression() ? source.get('argument') : source);
    const together = pattern.isArrayPattern() ? togetherAwaited(bare) : null;
    if (together === null || !pattern.isArrayPattern())
      return within(pattern.node, identifier, evaluate(bare));
    const index = pattern.node.elements.findIndex((each) => each !== null && holds(each, identifier));
    const element = pattern.node.elements[index];
    const own = together[index];
    return element && own?.isExpression() ? within(element, identifier, evaluate(own)) : null;
  }

  /** What a name in a destructuring pattern gets of the value. */
  function within(pattern: Node, identifier: Node, value: Value | null): Value | null {
    if (pattern === identifier) return value;
    if (pattern.type === 'AssignmentPattern') return within(pattern.left, identifier, value);
    if (pattern.type === 'ArrayPattern') {
      const index = pattern.elements.findIndex((each) => each !== null && holds(each, identifier));
      const element = pattern.elements[index];
      return element && value !== null ? within(element, identifier, memberResult(value, index)) : null;
    }
    if (pattern.type !== 'ObjectPattern') return null;
    const property = pattern.properties.find(
      (each) => each.type === 'ObjectProperty' && holds(each.value, identifier),
    );
    const name = property?.type === 'ObjectProperty' ? propertyName(property) : null;
    if (name === null || property?.type !== 'ObjectProperty') return null;
    const member = value === null || value.kind === 'sequelize' ? byName(name) : memberResult(value, name);
    return within(property.value, identifier, member);
  }

  function ofAnnotation(path: NodePath): Value | null {
    const annotation = path.isIdentifier() ? path.get('typeAnnotation') : null;
    return annotation?.node && !Array.isArray(annotation) ? typed(annotation) : null;
  }

  return { evaluate };
}

/** The expressions in `Promise.all([…])`. */
function togetherAwaited(path: NodePath): readonly NodePath[] | null {
  if (!path.isCallExpression()) return null;
  const callee = path.get('callee');
  const [list] = path.get('arguments');
  if (!callee.isMemberExpression() || !callee.get('object').isIdentifier({ name: 'Promise' })) return null;
  return propertyName(callee.node) === 'all' && list?.isArrayExpression()
    ? list.get('elements').filter((element) => element.node !== null)
    : null;
}

function holds(pattern: Node, identifier: Node): boolean {
  if (pattern === identifier) return true;
  if (pattern.type === 'AssignmentPattern') return holds(pattern.left, identifier);
  if (pattern.type === 'ArrayPattern') {
    return pattern.elements.some((element) => element !== null && holds(element, identifier));
  }
  return (
    pattern.type === 'ObjectPattern' &&
    pattern.properties.some(
      (property) => property.type === 'ObjectProperty' && holds(property.value, identifier),
    )
  );
}
