import { createHash } from 'node:crypto';
import { type RecordedColumn, recordedColumn } from '../recorded-table.ts';
import type { Registration } from '../registration.ts';

/** A registered table as it is in the database. */
export interface AuditedTable {
  readonly registration: Registration;
  readonly schema: string;
  readonly name: string;
  /** The schema that `log_entries` is in. */
  readonly logSchema: string;
  /** `pg_type.typname` by column name. */
  readonly columns: ReadonlyMap<string, string>;
  /** What foreign keys of this table do to its rows when those that they point to are deleted or change their key. */
  readonly actions: { readonly deletes: boolean; readonly updates: boolean };
}

/** The attributes that the trigger function needs and whose columns the table does not have. */
export function missingColumns({ registration, columns }: AuditedTable): string[] {
  const { model, primaryKeys, attributes, labelAttribute } = registration;
  return [
    ...new Set([...primaryKeys, ...attributes, ...(labelAttribute === null ? [] : [labelAttribute])]),
  ].filter((attribute) => !columns.has(model.getAttributes()[attribute]?.field ?? attribute));
}

/** @throws HotspotsError AUDIT_OPTION_INVALID when the table has no column for the attribute. */
export function auditedColumn(
  { registration, columns, name }: AuditedTable,
  attribute: string,
): RecordedColumn {
  return recordedColumn(registration, columns, `"${name}"`, attribute);
}

/** PostgreSQL cuts longer names, so that two would become one. */
const longestName = 63;

/** The name of the table's trigger function, which is in the table's own schema. */
export function auditFunctionName(tableName: string): string {
  const name = `hotspots_audit_${tableName}`;
  if (Buffer.byteLength(name) <= longestName) return name;
  return `hotspots_audit_${createHash('sha256').update(tableName).digest('hex').slice(0, 32)}`;
}
