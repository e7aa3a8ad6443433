import { type Model, type ModelStatic, QueryTypes, type Sequelize } from 'sequelize';
import { tableKey } from '../model-keys.ts';
import type { AuditOptions } from '../record/write-options.ts';
import { isOwnStatement } from '../record/write-options.ts';
import {
  auditError,
  type HookedStatement,
  hookedPrefix,
  mayWrite,
  statementContext,
  statementMarker,
} from './statement-context.ts';

/** The comment of one statement, on its way from `sequelize.query` to the connection. */
const marker = Symbol('hotspots.statementMarker');

const installed = new WeakSet<Sequelize>();

/**
 * From here on every statement that this Sequelize sends and that may write tells the database, in a comment in
 * front of it, whom the audit triggers shall record it as, and whether hooks record it already. Errors that
 * the triggers raise come back as HotspotsError: AUDIT_NO_ACTOR, AUDIT_APPEND_ONLY.
 *
 * The comment is added behind Sequelize's back, at the connection: Sequelize decides by the first word of a
 * statement what its result is, and its logs and errors show the statement as it was written.
 *
 * Installing twice changes nothing.
 */
export function installQueryContext(sequelize: Sequelize): void {
  if (installed.has(sequelize)) return;
  installed.add(sequelize);
  const original: unknown = sequelize.query;
  if (typeof original !== 'function') throw new TypeError('This Sequelize has no method query.');

  const query = async (statement: unknown, options: object = {}): Promise<unknown> => {
    const kind = mayWrite(sqlOf(statement));
    if (kind === 'nothing' || isOwnStatement(options))
      return Reflect.apply(original, sequelize, [statement, options]);
    const context = statementContext(kind === 'indirectly');
    const comment = statementMarker(
      hookedPrefixOf(options),
      typeof context === 'string' ? context : await context,
    );
    try {
      const result: unknown = await Reflect.apply(original, sequelize, [
        statement,
        { ...options, [marker]: comment },
      ]);
      return withoutReturnedRows(result, options);
    } catch (error) {
      throw auditError(error);
    }
  };
  Object.defineProperty(sequelize, 'query', { value: query, writable: true, configurable: true });

  sequelize.addHook('beforeQuery', 'auditlog', (options: object, running: object) => {
    const comment: unknown = Reflect.get(options, marker);
    const connection: unknown = Reflect.get(running, 'connection');
    if (typeof comment !== 'string' || !isConnection(connection)) return;
    Reflect.set(running, 'connection', withComment(connection, comment));
  });
}

/** The rows of a hooked `bulkCreate` are for the hooks; Sequelize goes on with their keys. */
function withoutReturnedRows(result: unknown, options: { audit?: AuditOptions }): unknown {
  const returned = options.audit?.returned;
  if (returned === undefined || !Array.isArray(result) || !Array.isArray(result[0])) return result;
  return result.with(0, returned.take(result[0]));
}

interface Connection {
  query(sql: string, ...parameters: unknown[]): unknown;
}

function isConnection(value: unknown): value is Connection {
  return typeof value === 'object' && value !== null && 'query' in value && typeof value.query === 'function';
}

/** The same connection, which sends a comment before what it sends. */
function withComment(connection: Connection, comment: string): Connection {
  const query = (sql: string, ...parameters: unknown[]) => connection.query(comment + sql, ...parameters);
  return new Proxy(connection, {
    get: (target, name) => (name === 'query' ? query : Reflect.get(target, name)),
  });
}

/** Sequelize takes `{ query, values }` too. */
function sqlOf(statement: unknown): string {
  if (typeof statement === 'string') return statement;
  const text: unknown =
    typeof statement === 'object' && statement !== null ? Reflect.get(statement, 'query') : '';
  return typeof text === 'string' ? text : '';
}

/**
 * Says that hooks record this statement: only for one that Sequelize built for a model, and only where the hooks
 * named that model's own table. A raw statement may be several at once, so it never counts as hooked.
 */
function hookedPrefixOf(options: object): string | null {
  if (!('auditTable' in options) || typeof options.auditTable !== 'string') return null;
  const letter = hookedStatements.get(Reflect.get(options, 'type'));
  const model = modelOf(options);
  if (letter === undefined || model === undefined || tableKey(model) !== options.auditTable) return null;
  return hookedPrefix(letter, options.auditTable);
}

/** By type, not by the first word: for `findOrCreate` Sequelize wraps the INSERT in a function of its own. */
const hookedStatements: ReadonlyMap<unknown, HookedStatement> = new Map([
  [QueryTypes.INSERT, 'W'],
  [QueryTypes.UPSERT, 'W'],
  [QueryTypes.UPDATE, 'W'],
  [QueryTypes.BULKUPDATE, 'W'],
  [QueryTypes.DELETE, 'D'],
  [QueryTypes.BULKDELETE, 'D'],
]);

function modelOf(options: object): ModelStatic<Model> | undefined {
  const instance: unknown = Reflect.get(options, 'instance');
  const model: unknown =
    typeof instance === 'object' && instance !== null ? instance.constructor : Reflect.get(options, 'model');
  return isModel(model) ? model : undefined;
}

function isModel(value: unknown): value is ModelStatic<Model> {
  return typeof value === 'function' && 'getTableName' in value;
}
