import { QueryTypes, type Sequelize } from 'sequelize';
import { builtFor, sqlOf, wrapQueries } from '../../database/sequelize-internals.ts';
import { tableKey } from '../model-keys.ts';
import type { AuditOptions } from '../record/write-options.ts';
import { skipsAudit } from '../record/write-options.ts';
import {
  auditError,
  type HookedStatement,
  hookedPrefix,
  mayWrite,
  statementContext,
  statementMarker,
} from './statement-context.ts';

const installed = new WeakSet<Sequelize>();

/**
 * From here on every statement that this Sequelize sends and that may write tells the database, in a comment in
 * front of it, whom the audit triggers shall record it as, and whether hooks record it already. Errors that
 * the triggers raise come back as HotspotsError: AUDIT_NO_ACTOR, AUDIT_APPEND_ONLY.
 *
 * Installing twice changes nothing.
 */
export function installQueryContext(sequelize: Sequelize): void {
  if (installed.has(sequelize)) return;
  installed.add(sequelize);
  wrapQueries(sequelize, (send) => async (statement, options = {}) => {
    const kind = mayWrite(sqlOf(statement));
    if (kind === 'nothing' || skipsAudit(options)) return send(statement, options);
    const context = statementContext(kind === 'indirectly');
    const comment = statementMarker(
      hookedPrefixOf(options),
      typeof context === 'string' ? context : await context,
    );
    try {
      return withoutReturnedRows(await send(statement, options, comment), options);
    } catch (error) {
      throw auditError(error);
    }
  });
}

/** The rows of a hooked `bulkCreate` are for the hooks; Sequelize continues with their keys. */
function withoutReturnedRows(result: unknown, options: { audit?: AuditOptions }): unknown {
  const returned = options.audit?.returned;
  if (returned === undefined || !Array.isArray(result) || !Array.isArray(result[0])) return result;
  return result.with(0, returned.take(result[0]));
}

/**
 * Says that hooks record this statement: only for one that Sequelize built for a model, and only where the hooks
 * named that model's own table. A raw statement may be several at once, so it never counts as hooked.
 */
function hookedPrefixOf(options: object): string | null {
  if (!('auditTable' in options) || typeof options.auditTable !== 'string') return null;
  const { model, type } = builtFor(options);
  const letter = hookedStatements.get(type);
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
