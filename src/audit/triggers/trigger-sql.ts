import { createHash } from 'node:crypto';
import { sqlName, sqlText, tableKey } from '../model-keys.ts';
import { type AuditedTable, auditedColumn, auditFunctionName } from './audited-table.ts';
import { entriesSql } from './entries-sql.ts';
import { type HookedStatement, hookedPrefix } from './statement-context.ts';

/** A trigger that a registered table must have. */
export interface TriggerSql {
  readonly name: string;
  readonly create: string;
  /** Kept as the trigger's comment, to see later whether it is still the one we would make. */
  readonly hash: string;
}

/** A registered table's trigger function. */
export interface FunctionSql {
  readonly create: string;
  /** As `TriggerSql.hash`. */
  readonly hash: string;
  /** MD5 of the body, as PostgreSQL keeps it: a function that somebody replaced may have kept our comment. */
  readonly bodyHash: string;
}

/**
 * The function that all triggers of a table call.
 *
 * It returns at once for statements that hooks record, unless another trigger sent the rows' statement: then
 * `pg_trigger_depth()` is more than 1. PostgreSQL's own referential actions are not told apart by that: their
 * rows are given to the statement trigger of the statement that caused them, together with its own rows. For
 * hooked statements the row triggers record them: their WHEN is evaluated while the action runs, inside the
 * trigger of the foreign key.
 */
export function functionSql(table: AuditedTable): FunctionSql {
  const body = functionBody(table);
  const create =
    `CREATE OR REPLACE FUNCTION ${functionName(table)}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER ` +
    `SET search_path = pg_catalog, pg_temp SET extra_float_digits = 1 SET datestyle = 'ISO' AS ${sqlText(body)}`;
  return { create, hash: hashOf(create), bodyHash: createHash('md5').update(body).digest('hex') };
}

/**
 * The triggers of a table. Their WHEN spares hooked statements even the call of the function. Tables whose rows
 * do not follow others by foreign keys do without row triggers.
 */
export function triggersSql(table: AuditedTable): TriggerSql[] {
  const on = `ON ${sqlName(table.schema, table.name)}`;
  const run = `EXECUTE FUNCTION ${functionName(table)}()`;
  const unlessHooked = (event: Event) =>
    `WHEN (pg_trigger_depth() > 0 OR ${comparePrefix(table, event, '<>')})`;
  const nested = (event: Event) => `WHEN (pg_trigger_depth() > 0 AND ${isHooked(table, event)})`;
  const definitions = {
    hotspots_audit_insert: `AFTER INSERT ${on} REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT ${unlessHooked('INSERT')} ${run}`,
    hotspots_audit_update: `AFTER UPDATE ${on} REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT ${unlessHooked('UPDATE')} ${run}`,
    hotspots_audit_delete: `AFTER DELETE ${on} REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT ${unlessHooked('DELETE')} ${run}`,
    hotspots_audit_truncate: `BEFORE TRUNCATE ${on} FOR EACH STATEMENT ${run}`,
    ...(table.actions.updates && {
      hotspots_audit_update_action: `AFTER UPDATE ${on} FOR EACH ROW ${nested('UPDATE')} ${run}`,
    }),
    ...(table.actions.deletes && {
      hotspots_audit_delete_action: `AFTER DELETE ${on} FOR EACH ROW ${nested('DELETE')} ${run}`,
    }),
  };
  return Object.entries(definitions).map(([name, definition]) => {
    const create = `CREATE OR REPLACE TRIGGER ${name} ${definition}`;
    return { name, create, hash: hashOf(create) };
  });
}

/** The function's qualified name, as SQL takes it. */
export function functionName(table: AuditedTable): string {
  return sqlName(table.schema, auditFunctionName(table.name));
}

type Event = 'INSERT' | 'UPDATE' | 'DELETE';

const hookedAs: Readonly<Record<Event, HookedStatement>> = { INSERT: 'W', UPDATE: 'W', DELETE: 'D' };

/** SQL that is true in a statement whose direct effects on the table hooks record. */
function isHooked(table: AuditedTable, event: Event): string {
  return comparePrefix(table, event, '=');
}

/** One comparison: it is made anew for each statement, and costs more than the rest of the trigger. */
function comparePrefix({ registration }: AuditedTable, event: Event, operator: '=' | '<>'): string {
  const prefix = hookedPrefix(hookedAs[event], tableKey(registration.model));
  return `(left(current_query(), ${prefix.length}) ${operator} ${sqlText(prefix)})`;
}

function functionBody(table: AuditedTable): string {
  const { registration, logSchema, schema, name } = table;
  const placed = (source: string) => `SELECT *, row_number() OVER () AS "hotspots place" FROM ${source}`;
  const row = (record: 'OLD' | 'NEW') => `SELECT ${record}.*, 1 AS "hotspots place"`;
  const target = sqlName(schema, name);
  const sameKey = registration.primaryKeys
    .map((key) => sqlName(auditedColumn(table, key).column))
    .map((column) => `there.${column} = gone.${column}`)
    .join(' AND ');
  const context = `
  context := ${sqlName(logSchema, 'hotspots_audit_context')}(TG_TABLE_NAME);
  IF context ? 'withoutAudit' THEN RETURN NULL; END IF;`;
  const refuseIf = (condition: string, problem: string) => `
  IF ${condition} THEN
    RAISE EXCEPTION USING ERRCODE = 'HSA03', MESSAGE = ${sqlText(`AUDIT_WRITE_REFUSED: ${problem}`)};
  END IF;`;
  // PostgreSQL runs the trigger of the insertion before that of the deletion, whatever the statement did first.
  const refuseReinsertion = refuseIf(
    `EXISTS (SELECT FROM old_rows AS gone CROSS JOIN LATERAL (SELECT FROM ${target} AS there WHERE ${sameKey} LIMIT 1) AS again)`,
    `A row of "${name}" was deleted and inserted again by one statement, which cannot be recorded in order. ` +
      'Nothing was written. Use two statements, or an update.',
  );
  // TRUNCATE removes also rows that such a transaction does not see.
  const isFrozen = `current_setting('transaction_isolation') IN ('repeatable read', 'serializable')`;
  const refuseFrozen = refuseIf(
    isFrozen,
    `TRUNCATE of "${name}" in a transaction that sees only its own moment would remove rows unrecorded. ` +
      'Nothing was written. Use READ COMMITTED, or DELETE.',
  );
  const statement = (event: Event, rows: string, entries: string) => `
  IF pg_trigger_depth() = 1 AND ${isHooked(table, event)} THEN RETURN NULL; END IF;
  IF NOT EXISTS (SELECT FROM ${rows}) THEN RETURN NULL; END IF;${context}${entries}`;
  return `
DECLARE
  context jsonb;
BEGIN
  IF TG_LEVEL = 'ROW' THEN
    IF pg_trigger_depth() > 1 THEN RETURN NULL; END IF;${context}
    IF TG_OP = 'UPDATE' THEN${entriesSql(table, { before: row('OLD'), after: row('NEW') })}
    ELSE${entriesSql(table, { before: row('OLD'), after: null })}
    END IF;
    RETURN NULL;
  END IF;
  CASE TG_OP
  WHEN 'INSERT' THEN${statement('INSERT', 'new_rows', entriesSql(table, { before: null, after: placed('new_rows') }))}
  WHEN 'UPDATE' THEN${statement('UPDATE', 'new_rows', entriesSql(table, { before: placed('old_rows'), after: placed('new_rows') }))}
  WHEN 'DELETE' THEN${statement('DELETE', 'old_rows', refuseReinsertion + entriesSql(table, { before: placed('old_rows'), after: null }))}
  WHEN 'TRUNCATE' THEN
  IF NOT ${isFrozen} AND NOT EXISTS (SELECT FROM ${target}) THEN RETURN NULL; END IF;${context}${refuseFrozen}${entriesSql(table, { before: placed(target), after: null })}
  END CASE;
  RETURN NULL;
END
`;
}

function hashOf(sql: string): string {
  return createHash('sha256').update(sql).digest('hex').slice(0, 32);
}
