import type { Model, ModelStatic, Sequelize } from 'sequelize';
import { HotspotsError } from '../errors.ts';
import { columnJson, type RowValues } from './values.ts';

/**
 * A SQL expression that gives a row's key as `objectId` writes it.
 *
 * @param keys the columns of the primary key in its order: a SQL expression of each, and its type as in
 *   `columnJson`.
 */
export function objectIdSql(keys: readonly { value: string; type: string }[]): string {
  const [only, ...others] = keys.map(({ value, type }) => `(${columnJson(value, type)} #>> '{}')`);
  if (only === undefined) throw new TypeError('A primary key has at least one column.');
  if (others.length === 0) return only;
  return [only, ...others]
    .map((text) => `replace(replace(${text}, '%', '%25'), '/', '%2F')`)
    .join(" || '/' || ");
}

/**
 * A row's primary key as text, as `log_entries.object_id` holds it. The parts of a compound key are
 * joined with "/" after escaping "/" and "%" in them, so that no two keys share a text.
 */
export function objectId(primaryKeys: readonly string[], values: RowValues): string {
  if (primaryKeys.length === 1) return keyText(values[primaryKeys[0] ?? '']);
  return primaryKeys
    .map((key) => keyText(values[key]).replaceAll('%', '%25').replaceAll('/', '%2F'))
    .join('/');
}

function keyText(value: unknown): string {
  return value instanceof Date ? value.toISOString() : String(value);
}

/** @throws HotspotsError AUDIT_OPTION_INVALID for a model that was not initialised. */
export function sequelizeOf(model: ModelStatic<Model>): Sequelize {
  if (model.sequelize) return model.sequelize;
  throw new HotspotsError(
    'AUDIT_OPTION_INVALID',
    `${model.name} is not bound to a database. Call ${model.name}.init before it is registered or written.`,
  );
}

/** A model's table as the audit layer names it: "places", or "archive.places" in another schema. */
export function tableKey(model: ModelStatic<Model>): string {
  const table = model.getTableName();
  if (typeof table === 'string') return table;
  return table.schema === '' || table.schema === 'public'
    ? table.tableName
    : `${table.schema}.${table.tableName}`;
}

/** A name, or a qualified name by its parts, as SQL takes it. */
export function sqlName(...parts: readonly string[]): string {
  return parts.map((part) => `"${part.replaceAll('"', '""')}"`).join('.');
}

/** A text as a SQL literal. */
export function sqlText(text: string): string {
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return text.includes('\\') ? `E${quoted.replaceAll('\\', '\\\\')}` : quoted;
}
