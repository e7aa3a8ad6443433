import { createRequire } from 'node:module';
import {
  type BelongsToMany,
  type HasMany,
  type HasOne,
  Model,
  type ModelStatic,
  Sequelize,
  Transaction,
} from 'sequelize';
import { HotspotsError } from '../errors.ts';

// Every part of Sequelize 6 and pg that is neither documented nor typed and that this program relies on. Nothing
// private of theirs is touched in another file, so this is what to look at before an upgrade.

/** The same major version and at least this minor version is supported. */
const supported = { sequelize: '6.37', pg: '8.23' } as const;

type Versions = Readonly<Record<keyof typeof supported, string>>;

/**
 * Makes sure, before the first query, that the installed packages are those that this file was written for.
 *
 * @param missing what this program relies on and these packages do not have
 * @throws HotspotsError DEPENDENCY_UNSUPPORTED
 */
export function checkInternals(
  installed: Versions = installedVersions(),
  missing: readonly string[] = missingInternals(),
): void {
  for (const name of ['sequelize', 'pg'] as const) {
    if (isSupported(installed[name], supported[name])) continue;
    throw unsupported(`${name} ${installed[name]} is installed, and this program supports ${rangeOf(name)}`);
  }
  if (missing.length === 0) return;
  throw unsupported(`sequelize ${installed.sequelize} has no ${missing.join(', no ')}`);
}

function unsupported(problem: string): HotspotsError {
  return new HotspotsError(
    'DEPENDENCY_UNSUPPORTED',
    `${problem}. The program relies on parts of these packages that are not public, so it does not start: ` +
      'writes could go unrecorded. Run npm ci to install what package-lock.json names, or adapt ' +
      'src/database/sequelize-internals.ts to the new version and run the tests.',
  );
}

function rangeOf(name: keyof typeof supported): string {
  const [major = 0] = numbersOf(supported[name]);
  return `${supported[name]} and later, below ${major + 1}`;
}

function isSupported(version: string, lowest: string): boolean {
  const [major, minor = 0] = numbersOf(version);
  const [neededMajor, neededMinor = 0] = numbersOf(lowest);
  return major === neededMajor && minor >= neededMinor;
}

function numbersOf(version: string): number[] {
  return version.split('.').map((part) => Number.parseInt(part, 10));
}

function installedVersions(): Versions {
  const require = createRequire(import.meta.url);
  const versionOf = (name: string): string => String(require(`${name}/package.json`).version);
  return { sequelize: versionOf('sequelize'), pg: versionOf('pg') };
}

function missingInternals(): string[] {
  const methods: readonly (readonly [object, string])[] = [
    [Transaction.prototype, 'prepareEnvironment'],
    [Model, '_injectScope'],
  ];
  return methods.flatMap(([owner, name]) => (typeof Reflect.get(owner, name) === 'function' ? [] : name));
}

const prepareEnvironment: unknown = Reflect.get(Transaction.prototype, 'prepareEnvironment');
let savepoints = 0;
let areNamedApart = false;

/**
 * Gives every savepoint of this process a name of its own. Sequelize 6 gives a savepoint inside a savepoint the
 * outer one's name, and then renames the outer one: a rollback of the outer one would only go back to the inner
 * one, and what was written between the two would stay. `findOrCreate` opens such a savepoint.
 */
export function nameSavepointsApart(): void {
  if (areNamedApart || typeof prepareEnvironment !== 'function') return;
  areNamedApart = true;
  Object.defineProperty(Transaction.prototype, 'prepareEnvironment', {
    configurable: true,
    writable: true,
    value(this: Transaction, ...parameters: unknown[]): unknown {
      if (Reflect.get(this, 'parent') instanceof Transaction) keepName(this);
      return Reflect.apply(prepareEnvironment, this, parameters);
    },
  });
}

/** Sequelize still assigns its own names afterwards: the assignment must neither fail nor have an effect. */
function keepName(savepoint: Transaction): void {
  savepoints += 1;
  const name = `hotspots_${savepoints}`;
  Object.defineProperty(savepoint, 'name', { get: () => name, set: () => {}, configurable: true });
}

/** The transaction that Sequelize's continuation-local storage holds; undefined without one. */
export function ambientTransaction(): Transaction | undefined {
  const storage: unknown = Reflect.get(Sequelize, '_cls');
  return isNamespace(storage) ? storage.get('transaction') : undefined;
}

function isNamespace(value: unknown): value is { get(key: 'transaction'): Transaction | undefined } {
  return typeof value === 'object' && value !== null && 'get' in value && typeof value.get === 'function';
}

/**
 * The options of a set-based call with the model's scope merged into them as Sequelize does it: a condition on an
 * attribute replaces the scope's.
 */
export function withScope<Options extends object>(model: ModelStatic<Model>, options: Options): Options {
  const inject: unknown = Reflect.get(model, '_injectScope');
  if (typeof inject !== 'function') throw new TypeError(`${model.name} has no method _injectScope.`);
  const merged = { ...options };
  Reflect.apply(inject, model, [merged]);
  return merged;
}

/**
 * Gives an instance the values of a row as if it had been loaded with them: `changed()` and `previous()` take them for
 * stored. Attributes whose column the row does not have stay as they are.
 *
 * @param attributes each attribute with its column
 */
export function setLoaded(
  instance: Model,
  attributes: readonly (readonly [attribute: string, column: string])[],
  row: Readonly<Record<string, unknown>>,
): void {
  const previous: unknown = Reflect.get(instance, '_previousDataValues');
  for (const [attribute, column] of attributes) {
    if (!(column in row)) continue;
    instance.dataValues[attribute] = row[column];
    if (typeof previous === 'object' && previous !== null) Reflect.set(previous, attribute, row[column]);
  }
}

/** The model whose rows join records to each other. */
export interface JoinModel {
  model: ModelStatic<Model>;
  /** Attributes that the association's own rows have, with their values. */
  scope: [attribute: string, value: unknown][];
}

/** @throws TypeError for an association that has none */
export function joinModelOf(association: BelongsToMany): JoinModel {
  const through: unknown = Reflect.get(association, 'through');
  if (typeof through === 'object' && through !== null && 'model' in through && isModel(through.model)) {
    const scope: unknown = Reflect.get(through, 'scope');
    return { model: through.model, scope: typeof scope === 'object' ? Object.entries(scope ?? {}) : [] };
  }
  throw new TypeError('A belongsToMany association has a join model.');
}

/** What a foreign key points to, and whether Sequelize itself, one by one, destroys the rows that have it. */
export function ownerSide(association: HasMany | HasOne): { sourceKey: string; isDestroyedByHooks: boolean } {
  const options: unknown = Reflect.get(association, 'options');
  const hooks: unknown =
    typeof options === 'object' && options !== null ? Reflect.get(options, 'hooks') : false;
  return { sourceKey: String(Reflect.get(association, 'sourceKey')), isDestroyedByHooks: hooks === true };
}

/** The type of the bounds of a RANGE attribute, by name; undefined for other types. */
export function rangeSubtype(type: object): unknown {
  return Reflect.get(type, '_subtype');
}

/** How the connections of this process are used. */
export interface PoolCounts {
  readonly using: number;
  readonly available: number;
  readonly waiting: number;
  readonly maxSize: number;
}

/** The counts of Sequelize's connection pool. */
export function poolCounts(sequelize: Sequelize): PoolCounts {
  const pool: unknown = Reflect.get(sequelize.connectionManager, 'pool');
  const count = (name: keyof PoolCounts): number =>
    typeof pool === 'object' && pool !== null ? Number(Reflect.get(pool, name)) : Number.NaN;
  return {
    using: count('using'),
    available: count('available'),
    waiting: count('waiting'),
    maxSize: count('maxSize'),
  };
}

/** `sequelize.query`, which with a comment sends that in front of the statement. */
export type SendQuery = (statement: unknown, options: object, comment?: string) => Promise<unknown>;

/** The comment of one statement, on its way from `sequelize.query` to the connection. */
const commentKey = Symbol('hotspots.comment');

/**
 * From here on `wrap(send)` runs in place of `sequelize.query`.
 *
 * A comment is added at the connection, behind Sequelize: it decides by the first word of a statement what its result
 * is, and its logs and errors show the statement as it was written.
 */
export function wrapQueries(sequelize: Sequelize, wrap: (send: SendQuery) => SendQuery): void {
  const original: unknown = sequelize.query;
  if (typeof original !== 'function') throw new TypeError('This Sequelize has no method query.');
  const send: SendQuery = (statement, options, comment) =>
    Reflect.apply(original, sequelize, [
      statement,
      comment === undefined ? options : { ...options, [commentKey]: comment },
    ]);
  Object.defineProperty(sequelize, 'query', { value: wrap(send), writable: true, configurable: true });

  sequelize.addHook('beforeQuery', 'hotspots:comment', (options: object, running: object) => {
    const comment: unknown = Reflect.get(options, commentKey);
    const connection: unknown = Reflect.get(running, 'connection');
    if (typeof comment !== 'string' || !isConnection(connection)) return;
    Reflect.set(running, 'connection', withComment(connection, comment));
  });
}

interface Connection {
  query(sql: string, ...parameters: unknown[]): unknown;
}

function isConnection(value: unknown): value is Connection {
  return typeof value === 'object' && value !== null && 'query' in value && typeof value.query === 'function';
}

/** The same pg connection, which sends a comment before what it sends. */
function withComment(connection: Connection, comment: string): Connection {
  const query = (sql: string, ...parameters: unknown[]) => connection.query(comment + sql, ...parameters);
  return new Proxy(connection, {
    get: (target, name) => (name === 'query' ? query : Reflect.get(target, name)),
  });
}

/** The SQL of what `sequelize.query` takes: text, or `{ query, values }`. */
export function sqlOf(statement: unknown): string {
  if (typeof statement === 'string') return statement;
  const text: unknown =
    typeof statement === 'object' && statement !== null ? Reflect.get(statement, 'query') : '';
  return typeof text === 'string' ? text : '';
}

/** For which model Sequelize built a statement, and of which of `QueryTypes` it is. */
export function builtFor(options: object): { model: ModelStatic<Model> | undefined; type: unknown } {
  const instance: unknown = Reflect.get(options, 'instance');
  const model: unknown =
    typeof instance === 'object' && instance !== null ? instance.constructor : Reflect.get(options, 'model');
  return { model: isModel(model) ? model : undefined, type: Reflect.get(options, 'type') };
}

/** Whether a value is a model; scoped and schema variants are models too. */
export function isModel(value: unknown): value is ModelStatic<Model> {
  return typeof value === 'function' && value.prototype instanceof Model;
}

/** The model of an instance: the one it was built or loaded through, such as a scoped or schema variant. */
export function modelOf(instance: Model): ModelStatic<Model> {
  const model: unknown = instance.constructor;
  if (isModel(model)) return model;
  throw new TypeError('An instance of a model has no model.');
}
