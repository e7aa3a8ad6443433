import { isDeepStrictEqual } from 'node:util';
import { QueryTypes, type Sequelize } from 'sequelize';
import { asOf } from '../audit/read/index.ts';
import { isId } from '../ids.ts';
import { fieldsOf, groupOf } from '../records/index.ts';
import { recordsOf } from './export.ts';
import {
  definitionOf,
  type ExportedValues,
  type ExportKind,
  exportedAlong,
  type ImportedRow,
} from './exported-record.ts';

/** What a person edited in a row that was exported here. */
export interface EditedRow {
  /** The row, with what nobody edited as the record is now: others may have written there since. */
  readonly values: ExportedValues;
  /** The fields that follow from what was edited. The others are not written, whatever the row has in them. */
  readonly fields: readonly string[];
}

/**
 * Compares a row with what was exported. Fields that only make sense together are edited together.
 *
 * @param base as it was exported; null when that is not known: then what the record does not hold now was edited
 */
export function editedRow(
  kind: ExportKind,
  values: ExportedValues,
  base: ExportedValues | null,
  now: ExportedValues,
): EditedRow {
  const definition = definitionOf(kind);
  const exported = base ?? now;
  const isEdited = (name: string) => !isSame(values[name], exported[name]);
  const edited = new Set(
    [...fieldsOf(definition).map(([name]) => name), ...exportedAlong(kind)].filter((name) =>
      groupOf(definition, name).some(isEdited),
    ),
  );
  const row: Record<string, unknown> = { ...values };
  for (const name of Object.keys(now)) if (!edited.has(name)) row[name] = now[name];
  for (const [name, { source, reference }] of fieldsOf(definition)) {
    if (edited.has(name)) continue;
    const follows = source?.orFrom?.some((other) => edited.has(other)) === true;
    // What is stored must not stand in the way of what follows from the edit.
    if (follows) delete row[name];
    if (follows || edited.has(reference?.exportedAs ?? '')) edited.add(name);
  }
  return { values: row, fields: [...edited] };
}

/** Whether a cell says what was exported: of CSV, in the text that stands for it. */
function isSame(cell: unknown, exported: unknown): boolean {
  if ((cell ?? '') === '' && (exported ?? '') === '') return true;
  if (typeof cell === 'string' && typeof exported !== 'string') return cell === JSON.stringify(exported);
  return isDeepStrictEqual(cell, exported);
}

/** The record of this database that a row was exported from. */
export interface ExportedHere {
  id: string;
  /** As it was exported; null when the row does not say when that was. */
  base: ExportedValues | null;
}

/**
 * The records of this database that rows were exported from, whatever was edited in them: id and moment of creation
 * agree. An id alone may come from another database.
 *
 * @throws HotspotsError HISTORY_PRUNED when the log no longer has what a record was that was written since
 */
export async function exportedHere(
  sequelize: Sequelize,
  kind: ExportKind,
  rows: readonly ImportedRow[],
): Promise<Map<ImportedRow, ExportedHere>> {
  const named = rows.flatMap((row) => {
    if (!('values' in row)) return [];
    const id = String(row.values.id ?? '');
    return isId(id) ? [{ row, id, values: row.values }] : [];
  });
  const records = await recordsOf(kind, { where: { id: [...new Set(named.map(({ id }) => id))] } });
  const byId = new Map(records.map(({ values }) => [values.id, values]));
  const found = new Map<ImportedRow, ExportedHere>();
  for (const { row, id, values } of named) {
    const record = byId.get(id);
    if (record === undefined || record.createdAt !== values.createdAt) continue;
    const isAsExported = record.updatedAt === values.updatedAt;
    found.set(row, { id, base: isAsExported ? record : await baseOf(sequelize, kind, id, values.updatedAt) });
  }
  return found;
}

/** A record as the write left it that set its `updatedAt`: the log's moment is that of the statement, a little later. */
async function baseOf(
  sequelize: Sequelize,
  kind: ExportKind,
  id: string,
  updatedAt: unknown,
): Promise<ExportedValues | null> {
  const moment = new Date(typeof updatedAt === 'string' ? updatedAt : Number.NaN);
  if (Number.isNaN(moment.getTime())) return null;
  const { model } = definitionOf(kind);
  const [entry] = await sequelize.query<{ id: string }>(
    `SELECT id FROM log_entries WHERE model = $1 AND object_id = $2
     ORDER BY abs(extract(epoch FROM "timestamp" - $3::timestamptz)), id LIMIT 1`,
    { bind: [model.name, id, moment.toISOString()], type: QueryTypes.SELECT },
  );
  return entry === undefined ? null : await asOf(sequelize, { model, id }, { entryId: entry.id });
}
