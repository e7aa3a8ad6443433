import { modelWrites } from './model-writes.ts';
import { rawStatements } from './raw-statements.ts';

type ModelWrite = keyof typeof modelWrites;
type RawName = keyof typeof rawStatements;

/** Every way of writing that is tested: by the models, by SQL through Sequelize, by another client. */
export type OperationKind = ModelWrite | `query:${RawName}` | `psql:${RawName}`;

const rawNames = keysOf(rawStatements);

export const modelKinds: readonly ModelWrite[] = keysOf(modelWrites);
export const queryKinds = rawNames.map((name) => `query:${name}` as const);
export const psqlKinds = rawNames.map((name) => `psql:${name}` as const);

/** The kinds that nothing but triggers records. */
export const triggerKinds: readonly ModelWrite[] = modelKinds.filter(
  (kind) => modelWrites[kind].by === 'triggers',
);
/** The kinds that are refused where there are no triggers. */
export const refusedKinds: readonly ModelWrite[] = modelKinds.filter(
  (kind) => modelWrites[kind].isRefused === true,
);
export const hookKinds: readonly ModelWrite[] = modelKinds.filter((kind) => modelWrites[kind].by === 'hooks');

/** Writes that take a lock on the one row they are for, if it is there, and on no other. */
export const lockingKinds = ['save', 'saveSomeFields', 'updateWhere', 'increment', 'query:update'] as const;

export function isModelKind(kind: OperationKind): kind is ModelWrite {
  return kind in modelWrites;
}

/** The statement of a kind that is not the models'. */
export function statementOf(kind: OperationKind): RawName {
  const name = rawNames.find((candidate) => kind === `query:${candidate}` || kind === `psql:${candidate}`);
  if (name === undefined) throw new TypeError(`${kind} is no statement.`);
  return name;
}

function keysOf<Key extends string>(record: Readonly<Record<Key, unknown>>): Key[] {
  const keys: Key[] = [];
  for (const key in record) keys.push(key);
  return keys;
}
