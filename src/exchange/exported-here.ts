import type { Transaction } from 'sequelize';
import { Event } from '../models/event.ts';
import { Place } from '../models/place.ts';
import type { ExportKind } from './export-format.ts';
import type { ImportedRow } from './imported-row.ts';

/**
 * The records of this database that rows were exported from, whatever else was edited in them: id and moment of
 * creation agree. An id alone may come from another database.
 */
export async function exportedHere(
  kind: ExportKind,
  rows: readonly ImportedRow[],
  transaction: Transaction,
): Promise<Map<ImportedRow, string>> {
  const named = rows.flatMap((row) => {
    if (!('values' in row)) return [];
    const id = String(row.values.id ?? '');
    return /^[1-9]\d{0,17}$/.test(id) ? [{ row, id, createdAt: row.values.createdAt }] : [];
  });
  const ids = [...new Set(named.map(({ id }) => id))];
  const page = { where: { id: ids }, attributes: ['id', 'createdAt'], transaction };
  const records =
    kind === 'places' ? await Place.unscoped().findAll(page) : await Event.unscoped().findAll(page);
  const createdAt = new Map(records.map((record) => [record.id, record.createdAt.toISOString()]));
  return new Map(
    named.flatMap(({ row, id, createdAt: said }) => (createdAt.get(id) === said ? [[row, id] as const] : [])),
  );
}
