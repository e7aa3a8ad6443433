import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import { HotspotsError } from '../../errors.ts';
import { sqlName } from '../model-keys.ts';
import type { Registration } from '../registration.ts';
import { type AuditedTable, auditFunctionName } from './audited-table.ts';
import { type FunctionSql, functionSql, type TriggerSql, triggersSql } from './trigger-sql.ts';

/** A registered table and the triggers it has now. */
export interface TriggerState {
  readonly table: AuditedTable;
  /** Null: there is none. */
  readonly function: { readonly hash: string | null; readonly bodyHash: string } | null;
  readonly triggers: ReadonlyMap<string, InstalledTrigger>;
}

export interface InstalledTrigger {
  /** `pg_trigger.tgenabled`: O fires in ordinary sessions, D never, R only in replicas, A always. */
  readonly enabled: string;
  /** The trigger's comment. */
  readonly hash: string | null;
}

/** What one query says about the triggers of all registered tables. */
export interface TriggerStates {
  /** In the order of the registrations, without the tables that do not exist. */
  readonly tables: readonly TriggerState[];
  readonly missingTables: readonly Registration[];
  /** The trigger that keeps the log from being changed: its `tgenabled`, null when it is missing. */
  readonly appendOnly: string | null;
  /** Ordinary triggers fire only where this is `origin`. */
  readonly replicationRole: string;
}

interface StateRow {
  place: number | null;
  schema: string | null;
  logSchema: string | null;
  columns: Record<string, string> | null;
  deletes: boolean | null;
  updates: boolean | null;
  triggers: Record<string, InstalledTrigger> | null;
  function: { hash: string | null; bodyHash: string } | null;
  appendOnly: string | null;
  replicationRole: string;
}

/** @throws HotspotsError AUDIT_OPTION_INVALID when the table of the log does not exist. */
export async function readTriggerState(
  sequelize: Sequelize,
  registrations: readonly Registration[],
  transaction?: Transaction,
): Promise<TriggerStates> {
  const names = registrations.map(({ model }) => tableName(model.getTableName()));
  const rows = await sequelize.query<StateRow>(stateSql, {
    bind: [
      names.map(({ schema, name }) => (schema === '' ? sqlName(name) : sqlName(schema, name))),
      names.map(({ name }) => auditFunctionName(name)),
    ],
    type: QueryTypes.SELECT,
    ...(transaction && { transaction }),
  });
  const [first] = rows;
  const logSchema = first?.logSchema ?? null;
  if (first === undefined || logSchema === null) {
    throw new HotspotsError(
      'AUDIT_OPTION_INVALID',
      'The database has no table log_entries. Apply the migrations before the audit triggers.',
    );
  }
  const stateOf = (registration: Registration, index: number): TriggerState[] => {
    const row = rows.find(({ place }) => place === index + 1);
    const schema = row?.schema ?? null;
    if (row === undefined || schema === null) return [];
    const name = names[index]?.name ?? '';
    const columns = new Map(Object.entries(row.columns ?? {}));
    return [
      {
        table: {
          registration,
          schema,
          name,
          logSchema,
          columns,
          actions: { deletes: row.deletes === true, updates: row.updates === true },
        },
        function: row.function,
        triggers: new Map(Object.entries(row.triggers ?? {})),
      },
    ];
  };
  const tables = registrations.flatMap(stateOf);
  const found = new Set(tables.map(({ table }) => table.registration));
  return {
    tables,
    missingTables: registrations.filter((registration) => !found.has(registration)),
    appendOnly: first.appendOnly,
    replicationRole: first.replicationRole,
  };
}

function tableName(given: string | { tableName: string; schema: string }): { schema: string; name: string } {
  return typeof given === 'string'
    ? { schema: '', name: given }
    : { schema: given.schema, name: given.tableName };
}

/** One row per table that exists, and at least one, for what concerns the whole database. */
const stateSql = `
  WITH RECURSIVE wanted AS (
    SELECT place, to_regclass(name) AS oid, function_name
    FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS listed (name, function_name, place)
  ),
  resolved AS (
    SELECT attrelid, attname, atttypid AS type
    FROM pg_attribute JOIN wanted ON attrelid = wanted.oid
    WHERE attnum > 0 AND NOT attisdropped
    UNION ALL
    SELECT attrelid, attname, typbasetype FROM resolved JOIN pg_type ON pg_type.oid = type WHERE typtype = 'd'
  ),
  per_table AS (
    SELECT wanted.place::int AS place, namespace.nspname AS schema,
      (
        SELECT json_object_agg(attname, typname)
        FROM resolved JOIN pg_type ON pg_type.oid = type
        WHERE typtype <> 'd' AND attrelid = wanted.oid
      ) AS columns,
      (SELECT bool_or(confdeltype = 'c') FROM pg_constraint WHERE conrelid = wanted.oid AND contype = 'f') AS deletes,
      (
        SELECT bool_or(confupdtype IN ('c', 'n', 'd')) FROM pg_constraint
        WHERE conrelid = wanted.oid AND contype = 'f'
      ) AS updates,
      (
        SELECT json_object_agg(
          tgname, json_build_object('enabled', tgenabled, 'hash', obj_description(pg_trigger.oid, 'pg_trigger')))
        FROM pg_trigger WHERE tgrelid = wanted.oid AND NOT tgisinternal
      ) AS triggers,
      (
        SELECT json_build_object('hash', obj_description(pg_proc.oid, 'pg_proc'), 'bodyHash', md5(prosrc))
        FROM pg_proc WHERE pronamespace = relnamespace AND proname = function_name AND pronargs = 0
      ) AS function
    FROM wanted JOIN pg_class ON pg_class.oid = wanted.oid
    JOIN pg_namespace AS namespace ON namespace.oid = relnamespace
  )
  SELECT per_table.*, current_setting('session_replication_role') AS "replicationRole",
    (
      SELECT nspname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
      WHERE pg_class.oid = to_regclass('log_entries')
    ) AS "logSchema",
    (
      SELECT tgenabled FROM pg_trigger
      WHERE tgrelid = to_regclass('log_entries') AND tgname = 'hotspots_append_only'
    ) AS "appendOnly"
  FROM (VALUES (1)) AS always (one) LEFT JOIN per_table ON true`;

/** What a table's triggers lack. */
export interface OutdatedParts {
  /** The function to be made or replaced; null when it is as it should be. */
  readonly function: FunctionSql | null;
  /** Triggers that are not there. */
  readonly missing: readonly TriggerSql[];
  /** Triggers that are there, but made from another definition. */
  readonly outdated: readonly TriggerSql[];
}

/** Compares what the table has with what its registration and its columns ask for. */
export function outdatedParts(state: TriggerState): OutdatedParts {
  const wanted = functionSql(state.table);
  const isCurrent = state.function?.hash === wanted.hash && state.function.bodyHash === wanted.bodyHash;
  const triggers = triggersSql(state.table);
  return {
    function: isCurrent ? null : wanted,
    missing: triggers.filter(({ name }) => !state.triggers.has(name)),
    outdated: triggers.filter(({ name, hash }) => {
      const installed = state.triggers.get(name);
      return installed !== undefined && installed.hash !== hash;
    }),
  };
}

export function isComplete(parts: OutdatedParts): boolean {
  return parts.function === null && parts.missing.length === 0 && parts.outdated.length === 0;
}
