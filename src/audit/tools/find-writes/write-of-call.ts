import type { NodePath } from '@babel/traverse';
import type { CallExpression, Node, OptionalCallExpression } from '@babel/types';
import { literalText, propertyName } from './syntax.ts';
import { rowMethods, type Value } from './value.ts';
import type { Values } from './values.ts';

/**
 * How the code around a write runs:
 * - `unenclosed`: it runs outside any actor context, or one of its callers does;
 * - `unknown caller`: nothing that was read calls it, or something unread does (a framework, a queue);
 * - `enclosed`: inside an actor context, listed only because of its `problems`.
 */
export type WriteContext = 'unenclosed' | 'unknown caller' | 'enclosed';

/** One write through Sequelize that needs attention. */
export interface FoundWrite {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** Null where the receiver is an instance of a model that could not be told, or the write names none. */
  readonly model: string | null;
  /** `Place.create`, `place.save`, `queryInterface.bulkInsert`, `sequelize.query`. */
  readonly call: string;
  readonly context: WriteContext;
  /** What records it, inside an actor context: hooks, or the triggers alone. */
  readonly seenBy: 'hooks' | 'triggers';
  /** What is wrong with it even inside an actor context, and what to do instead. */
  readonly problems: readonly string[];
}

/** A file, or a part of one, that could not be read. `line` is null where the whole file is meant. */
export interface SourceProblem {
  readonly file: string;
  readonly line: number | null;
  readonly message: string;
}

export interface FoundWrites {
  /** By file, line and column. */
  readonly writes: readonly FoundWrite[];
  /** How many writes are enclosed and without problems. */
  readonly enclosed: number;
  /** How many of those only the triggers record. */
  readonly enclosedByTriggers: number;
  readonly files: number;
  /** The names of the models that were found, sorted. */
  readonly models: readonly string[];
  readonly problems: readonly SourceProblem[];
}

/**
 * The writes of a registered model that hooks cannot record. Where the table has no audit triggers the audit
 * layer refuses them; each comes with what to do instead. A test holds these lists against what it does.
 */
export const refusedCalls: ReadonlyMap<string, string> = new Map([
  ['truncate', 'use destroy({ where: {} })'],
  ['upsert', 'use bulkCreate([row], { updateOnDuplicate: [...] })'],
  ['increment', 'load the row FOR UPDATE, add, and save it'],
  ['decrement', 'load the row FOR UPDATE, subtract, and save it'],
]);

/** Options, true or false, of which the same holds. */
export const refusedOptions: readonly { option: string; value: boolean; way: string }[] = [
  { option: 'hooks', value: false, way: 'leave out hooks: false' },
  { option: 'ignoreDuplicates', value: true, way: 'use updateOnDuplicate' },
];

/** Comments and texts: words in them mean nothing. */
const inert = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|\$(\w*)\$[\s\S]*?\$\1\$/g;

const name = String.raw`(?:only\s+)?((?:"[^"]+"|\[[^\]]+\]|[\w$?]+|\x60[^\x60]+\x60)(?:\.(?:"[^"]+"|[\w$?]+))*)`;
const writing = new RegExp(
  String.raw`\b(?:insert\s+into|delete\s+from|merge\s+into|truncate(?:\s+table)?|update|copy)\s+${name}(?:\s+(?:as\s+)?(?!set\b|from\b)\w+)?(\s+set\b|\s+from\b)?`,
  'gi',
);

/**
 * Whether a statement writes rows, also inside WITH and after other statements, and the table as it is named
 * there. Null for statements that only read; SELECT … FOR UPDATE is one of them.
 */
export function sqlWrites(sql: string): { verb: string; table: string } | null {
  for (const match of sql.replace(inert, ' ').matchAll(writing)) {
    const [text, table, follows] = match;
    const verb = text.trimStart().split(/\s/, 1)[0]?.toUpperCase() ?? '';
    if (verb === 'UPDATE' && follows?.trim().toLowerCase() !== 'set') continue;
    if (verb === 'COPY' && follows?.trim().toLowerCase() !== 'from') continue;
    return { verb, table: (table ?? '').replaceAll(/["`[\]]/g, '') };
  }
  return null;
}

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
