import type { NodePath } from '@babel/traverse';
import type { CallExpression, Node, OptionalCallExpression } from '@babel/types';
import type { FoundWrite } from './found-write.ts';
import { literalText } from './literal-text.ts';
import { propertyName } from './property-name.ts';
import { refusedCalls, refusedOptions } from './refused-calls.ts';
import { sqlWrites } from './sql-writes.ts';
import { rowMethods, type Value } from './value.ts';
import type { Values } from './values.ts';

/** A call that writes. */
export type Write = Pick<FoundWrite, 'model' | 'call' | 'seenBy' | 'problems'>;

const ofModel = new Set([
  'create',
  'bulkCreate',
  'update',
  'destroy',
  'upsert',
  'findOrCreate',
  'findCreateFind',
  'increment',
  'decrement',
  'restore',
  'truncate',
]);
const ofRow = new Set(['save', 'update', 'destroy', 'restore', 'increment', 'decrement']);
const ofQueryInterface = new Set(['bulkInsert', 'bulkUpdate', 'bulkDelete', 'insert', 'upsert', 'delete']);
const association = /^(?:set|add|remove|create)[A-Z]/;
/** No other library's classes have these, so that the name is enough where the model was not read. */
const ofSequelizeOnly = new Set(['bulkCreate', 'findOrCreate', 'findCreateFind']);
const anyWrite = new Set([...ofModel, ...ofRow, ...ofQueryInterface, 'query']);

/** The write that a call is; null for all other calls. */
export function writeOfCall(
  path: NodePath<CallExpression> | NodePath<OptionalCallExpression>,
  values: Values,
): Write | null {
  const callee = path.get('callee');
  if (!callee.isMemberExpression() && !callee.isOptionalMemberExpression()) return null;
  const method = propertyName(callee.node);
  if (method === null || !(anyWrite.has(method) || association.test(method))) return null;
  const object = callee.get('object');
  const value = values.evaluate(object);
  const options = optionProblems(path.node.arguments);
  if (value?.kind === 'sequelize' && method === 'query') return rawWrite(path);
  const model = value === null || !('model' in value) ? null : value.model;
  switch (value?.kind) {
    case 'model':
      if (!ofModel.has(method)) return null;
      return {
        model,
        call: `${value.model}.${method}`,
        seenBy: 'hooks',
        problems: [...refusal(value, method), ...options],
      };
    case 'instance':
      if (!ofRow.has(method) && (!association.test(method) || rowMethods.has(method))) return null;
      return {
        model,
        call: `${textOf(object)}.${method}`,
        seenBy: 'hooks',
        problems: [...refusal(value, method), ...options],
      };
    case 'queryInterface':
      if (!ofQueryInterface.has(method)) return null;
      return { model: null, call: `queryInterface.${method}`, seenBy: 'triggers', problems: [] };
    case undefined:
      if (!ofSequelizeOnly.has(method) || !/^[A-Z]/.test(textOf(object))) return null;
      return {
        model: textOf(object),
        call: `${textOf(object)}.${method}`,
        seenBy: 'hooks',
        problems: options,
      };
    default:
      return null;
  }
}

function rawWrite(path: NodePath<CallExpression> | NodePath<OptionalCallExpression>): Write | null {
  const [statement] = path.get('arguments');
  const text = statement === undefined ? null : literalText(statement);
  const written = text === null ? null : sqlWrites(text);
  if (written === null) return null;
  return {
    model: null,
    call: `sequelize.query ${written.verb} ${written.table}`,
    seenBy: 'triggers',
    problems: [],
  };
}

function refusal(value: Value, method: string): string[] {
  const isStatic = value.kind === 'model' || method === 'increment' || method === 'decrement';
  const way = isStatic ? refusedCalls.get(method) : undefined;
  return way === undefined ? [] : [`refused: ${way}`];
}

function optionProblems(given: readonly Node[]): string[] {
  const set = given.flatMap((each) => (each.type === 'ObjectExpression' ? each.properties : []));
  return refusedOptions.flatMap(({ option, value, way }) =>
    set.some(
      (each) =>
        each.type === 'ObjectProperty' &&
        propertyName(each) === option &&
        each.value.type === 'BooleanLiteral' &&
        each.value.value === value,
    )
      ? [`${option}: ${value} is refused: ${way}`]
      : [],
  );
}

/** The receiver as it is written, short: `place`, `this.place`, `…` for anything longer. */
function textOf(path: NodePath): string {
  const { node } = path;
  if (node.type === 'Identifier') return node.name;
  if (node.type === 'ThisExpression') return 'this';
  if (!path.isMemberExpression() && !path.isOptionalMemberExpression()) return '…';
  return `${textOf(path.get('object'))}.${propertyName(path.node) ?? '[…]'}`;
}
