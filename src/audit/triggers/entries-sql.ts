import { objectIdSql, sqlName, sqlText } from '../model-keys.ts';
import type { RecordedColumn } from '../recorded-table.ts';
import { columnJson } from '../values.ts';
import { type AuditedTable, auditedColumn } from './audited-table.ts';

/**
 * Where an entry's rows come from, as SQL that gives all columns of the table, and besides them `"hotspots place"`,
 * the order. PostgreSQL gives the old and the new rows of an UPDATE in one order, so a row that is changed twice by
 * one statement has its two states in the right places. Null where there is none: old rows of an INSERT, new rows
 * of a DELETE.
 */
export interface RowSources {
  readonly before: string | null;
  readonly after: string | null;
}

const mask = sqlText('********');
const maxLabelLength = 200;

/**
 * A statement of the trigger function that writes log entries for sets of rows, in the form that
 * `writeLogEntries` gives them. Rows are matched by place and primary key: a row whose key changed is recorded as deleted
 * and created. It expects `context jsonb`, a variable of the function.
 */
export function entriesSql(table: AuditedTable, sources: RowSources): string {
  const { registration, logSchema } = table;
  const keys = registration.primaryKeys.map((name) => auditedColumn(table, name));
  const sql = new RowSql(sources);
  const id = objectIdSql(keys.map(({ column, type }) => ({ value: sql.either(column), type })));
  const model = sqlText(registration.modelName);
  const snapshot = registration.snapshot ? snapshotSql(table, sql) : 'NULL::jsonb';
  return `
INSERT INTO ${sqlName(logSchema, 'log_entries')} (
  action, actor_id, run_id, model, object_id, object_label, actor_email, changes, correlation_id,
  remote_address, source_url, extra${registration.snapshot ? ', snapshot' : ''})
SELECT entry.action, (context ->> 'actorId')::bigint, (context ->> 'runId')::bigint, ${model}, entry.id,
  left(coalesce(entry.label, ${model} || ' ' || entry.id), ${maxLabelLength}), context ->> 'actorEmail',
  entry.changes, context ->> 'correlationId', (context ->> 'remoteAddress')::inet, context ->> 'sourceUrl',
  context -> 'extra'${registration.snapshot ? ', entry.snapshot' : ''}
FROM (
  SELECT ${sql.action()} AS action, ${sql.place()} AS place, ${id} AS id, ${labelSql(table, sql)} AS label,
    ${changesSql(table, sql)} AS changes, ${snapshot} AS snapshot
  FROM ${sql.joined(keys.map(({ column }) => column))}
) AS entry
WHERE entry.action <> 1 OR entry.changes <> '{}'
ORDER BY entry.place;`;
}

/** How the old and the new row are named in the statement, where there are both. */
class RowSql {
  readonly #sources: RowSources;

  constructor(sources: RowSources) {
    this.#sources = sources;
  }

  before(column: string): string | null {
    return this.#sources.before === null ? null : `before_row.${sqlName(column)}`;
  }

  after(column: string): string | null {
    return this.#sources.after === null ? null : `after_row.${sqlName(column)}`;
  }

  /** The new value, or the old one of a row that is gone. */
  either(column: string): string {
    return this.latest((row) => `${row}.${sqlName(column)}`);
  }

  latest(expression: (row: 'before_row' | 'after_row') => string): string {
    if (this.#sources.after === null) return expression('before_row');
    if (this.#sources.before === null) return expression('after_row');
    return (
      `CASE WHEN after_row."hotspots place" IS NULL THEN ${expression('before_row')} ` +
      `ELSE ${expression('after_row')} END`
    );
  }

  /** Index into `logActions`. */
  action(): string {
    if (this.#sources.before === null) return '0';
    if (this.#sources.after === null) return '2';
    return 'CASE WHEN before_row."hotspots place" IS NULL THEN 0 WHEN after_row."hotspots place" IS NULL THEN 2 ELSE 1 END';
  }

  place(): string {
    return this.either('hotspots place');
  }

  joined(keys: readonly string[]): string {
    const { before, after } = this.#sources;
    const matches = [...keys, 'hotspots place']
      .map((column) => `before_row.${sqlName(column)} = after_row.${sqlName(column)}`)
      .join(' AND ');
    if (before === null) return `(${after}) AS after_row`;
    if (after === null) return `(${before}) AS before_row`;
    return `(${before}) AS before_row FULL JOIN (${after}) AS after_row ON ${matches}`;
  }
}

/**
 * The changed fields of a row. Values are compared as they are stored before they are turned into JSON: most
 * fields of most updates are as they were, and building JSON is expensive.
 */
function changesSql(table: AuditedTable, sql: RowSql): string {
  const columns = table.registration.attributes.map((attribute) => auditedColumn(table, attribute));
  if (columns.length === 0) return `'{}'::jsonb`;
  return columns.map((column) => `coalesce(${changeSql(table, sql, column)}, '{}')`).join(' ||\n      ');
}

function changeSql(table: AuditedTable, sql: RowSql, column: RecordedColumn): string {
  const [was, isNow] = [sql.before(column.column), sql.after(column.column)];
  const isMasked = table.registration.masked.has(column.attribute);
  const shown = (value: string | null) =>
    isMasked
      ? `CASE WHEN ${json(column, value)} IS NOT NULL THEN to_jsonb(${mask}::text) END`
      : json(column, value);
  const pair = `jsonb_build_object(${sqlText(column.attribute)}, jsonb_build_array(${shown(was)}, ${shown(isNow)}))`;
  const differ = `${json(column, was)} IS DISTINCT FROM ${json(column, isNow)}`;
  const stored = was === null || isNow === null ? null : differAsStored(column.type, was, isNow);
  return `CASE WHEN ${stored === null ? differ : `${stored} AND ${differ}`} THEN ${pair} END`;
}

/** Types whose values are equal only if their JSON is. */
const plainlyComparable: ReadonlySet<string> = new Set([
  'bool',
  'bytea',
  'date',
  'int2',
  'int4',
  'int8',
  'jsonb',
  'timestamp',
  'timestamptz',
  'uuid',
]);
const texts: ReadonlySet<string> = new Set(['text', 'varchar', '_text', '_varchar']);

/** False only for values whose JSON is the same; null where the type offers no such comparison. */
function differAsStored(type: string, was: string, isNow: string): string | null {
  if (plainlyComparable.has(type)) return `${was} IS DISTINCT FROM ${isNow}`;
  // A collation may call "a" and "A" equal, and 1.5 equals 1.50.
  if (texts.has(type)) return `${was} COLLATE "C" IS DISTINCT FROM ${isNow} COLLATE "C"`;
  if (type === 'numeric') return `(${was})::text IS DISTINCT FROM (${isNow})::text`;
  return null;
}

/** JSON's null and SQL's NULL are one value in the log. */
function json({ type }: RecordedColumn, value: string | null): string {
  return value === null ? 'NULL::jsonb' : `nullif(${columnJson(value, type)}, 'null')`;
}

/** NULL where the label is "Model id": without a label attribute, or for a label that is made in the program. */
function labelSql(table: AuditedTable, sql: RowSql): string {
  const { labelAttribute, masked } = table.registration;
  if (labelAttribute === null || masked.has(labelAttribute)) return 'NULL';
  const { column, type } = auditedColumn(table, labelAttribute);
  return sql.latest((row) => `(${columnJson(`${row}.${sqlName(column)}`, type)} #>> '{}')`);
}

function snapshotSql(table: AuditedTable, sql: RowSql): string {
  const { primaryKeys, attributes, masked } = table.registration;
  const pairs = [...new Set([...primaryKeys, ...attributes])].map((attribute) => {
    const { column, type } = auditedColumn(table, attribute);
    const value = sql.latest((row) => columnJson(`${row}.${sqlName(column)}`, type));
    const shown = masked.has(attribute)
      ? `CASE WHEN ${value} IS NOT NULL THEN to_jsonb(${mask}::text) END`
      : value;
    return `jsonb_build_object(${sqlText(attribute)}, ${shown})`;
  });
  return pairs.join(' || ');
}
