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
export interface Write extends Pick<FoundWrite, 'model' | 'call' | 'seenBy'> {
  /** Writes without hooks on purpose: worth a look even where triggers record it. */
  readonly withoutHooks: boolean;
  /** What to do instead where there are no triggers; null where nothing is known, or needed. */
  readonly way: string | null;
}

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
  if (value?.kind === 'sequelize' && method === 'query') return rawWrite(path);
  if (value?.kind === 'queryInterface') {
    return ofQueryInterface.has(method) ? unhooked(`queryInterface.${method}`) : null;
  }
  const receiver = value?.kind === 'model' ? value.model : textOf(object);
  if (!writes(value, method, receiver)) return null;
  const model = value === null ? receiver : 'model' in value ? value.model : null;
  const option = refusedOption(path.node.arguments);
  const way = option?.way ?? (hasRowHooks(value, method) ? null : (refusedCalls.get(method) ?? null));
  return {
    model,
    call: `${receiver}.${method}`,
    seenBy: way === null ? 'hooks' : 'triggers',
    withoutHooks: option?.option === 'hooks',
    way,
  };
}

function writes(value: Value | null, method: string, receiver: string): boolean {
  if (value === null) return ofSequelizeOnly.has(method) && /^[A-Z]/.test(receiver);
  if (value.kind === 'model') return ofModel.has(method);
  return (
    value.kind === 'instance' && (ofRow.has(method) || (association.test(method) && !rowMethods.has(method)))
  );
}

/** A row's own methods have hooks, but for the two that count in the database. */
function hasRowHooks(value: Value | null, method: string): boolean {
  return value?.kind === 'instance' && method !== 'increment' && method !== 'decrement';
}

function unhooked(call: string): Write {
  return { model: null, call, seenBy: 'triggers', withoutHooks: false, way: null };
}

function rawWrite(path: NodePath<CallExpression> | NodePath<OptionalCallExpression>): Write | null {
  const [statement] = path.get('arguments');
  const text = statement === undefined ? null : literalText(statement);
  const written = text === null ? null : sqlWrites(text);
  return written === null ? null : unhooked(`sequelize.query ${written.verb} ${written.table}`);
}

function refusedOption(given: readonly Node[]) {
  const set = given.flatMap((each) => (each.type === 'ObjectExpression' ? each.properties : []));
  return refusedOptions.find(({ option, value }) =>
    set.some(
      (each) =>
        each.type === 'ObjectProperty' &&
        propertyName(each) === option &&
        each.value.type === 'BooleanLiteral' &&
        each.value.value === value,
    ),
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
