import { literal, type Model, Op, type Sequelize, type WhereOptions } from 'sequelize';
import { sqlName } from '../../audit/triggers/sql-name.ts';
import { databaseErrorCode } from '../../database/database-error-code.ts';
import { HotspotsError } from '../../errors.ts';
import type { AdminModel } from './admin-model.ts';
import { type ListQuery, writeCursor } from './list-query.ts';

export interface ListedRecords {
  readonly records: readonly Model[];
  /** How the next page is gone on from; null when there is none. */
  readonly next: string | null;
}

/** The records that fit, a page at a time; empty values come last in either order. */
export async function listRecords(
  sequelize: Sequelize,
  { model, list }: AdminModel,
  { where, orderBy, isDescending, after }: ListQuery,
  limit: number,
): Promise<ListedRecords> {
  const attributes = model.getAttributes();
  const column = sqlName(model.name, attributes[orderBy]?.field ?? orderBy);
  const idColumn = sqlName(model.name, 'id');
  const direction = isDescending ? 'DESC' : 'ASC';
  const conditions: WhereOptions[] = [where];
  if (after !== null) conditions.push(literal(beyond(sequelize, { column, idColumn, isDescending, after })));
  const names = ['id', ...list, ...('timeZone' in attributes ? ['timeZone'] : [])];
  try {
    const found = await model.unscoped().findAll({
      // As text: a JavaScript date would lose the microseconds by which two rows may differ.
      attributes: [...new Set(names), [literal(`${column}::text`), 'orderedBy']],
      where: { [Op.and]: conditions },
      order: [literal(`${column} ${direction} NULLS LAST`), ['id', direction]],
      limit: limit + 1,
    });
    const records = found.slice(0, limit);
    const last = records.at(-1);
    if (last === undefined || found.length === records.length) return { records, next: null };
    const value: unknown = last.get('orderedBy');
    return { records, next: writeCursor(typeof value === 'string' ? value : null, String(last.get('id'))) };
  } catch (error) {
    // The value of another order, or one that was made up, does not fit the column.
    if (after === null || databaseErrorCode(error)?.startsWith('22') !== true) throw error;
    throw new HotspotsError('USAGE', 'That is no page of this list. Begin at its first page.', {
      cause: error,
    });
  }
}

interface Beyond {
  column: string;
  idColumn: string;
  isDescending: boolean;
  after: readonly [value: string | null, id: string];
}

function beyond(
  sequelize: Sequelize,
  { column, idColumn, isDescending, after: [value, id] }: Beyond,
): string {
  const sign = isDescending ? '<' : '>';
  const further = `${idColumn} ${sign} ${sequelize.escape(id)}`;
  if (value === null) return `(${column} IS NULL AND ${further})`;
  const escaped = sequelize.escape(value);
  return `(${column} ${sign} ${escaped} OR (${column} = ${escaped} AND ${further}) OR ${column} IS NULL)`;
}
