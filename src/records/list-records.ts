import { literal, type Model, type ModelStatic, Op, type Sequelize, type WhereOptions } from 'sequelize';
import { z } from 'zod';
import { sqlName } from '../audit/index.ts';
import { databaseErrorCode } from '../database/retry-transaction.ts';
import { HotspotsError } from '../errors.ts';
import { idPattern } from '../ids.ts';

/** Which records, and from where on. */
export interface RecordList<Instance extends Model> {
  readonly model: ModelStatic<Instance>;
  readonly where: WhereOptions<Instance>;
  /** An attribute; a "-" in front: the greatest first. Equal ones by id, empty ones last. */
  readonly order: string;
  /** What an earlier page gave as `next`. */
  readonly after: string | null;
  readonly limit: number;
  /** Only these attributes, and the id; all when left out. */
  readonly attributes?: readonly string[];
}

export interface ListedRecords<Instance extends Model> {
  readonly records: readonly Instance[];
  /** The cursor of the next page; null when there is none. */
  readonly next: string | null;
}

/**
 * Records a page at a time. Pages are cut by value, not by number: what is written meanwhile shifts nothing.
 *
 * @throws HotspotsError USAGE when `after` is of no page of this list
 */
export async function listRecords<Instance extends Model>(
  sequelize: Sequelize,
  { model, where, order, after, limit, attributes }: RecordList<Instance>,
): Promise<ListedRecords<Instance>> {
  const isDescending = order.startsWith('-');
  const name = order.replace(/^-/, '');
  const column = sqlName(model.name, model.getAttributes()[name]?.field ?? name);
  const idColumn = sqlName(model.name, 'id');
  const direction = isDescending ? 'DESC' : 'ASC';
  const cursor = after === null ? null : readCursor(after);
  const beyond = cursor && literal(isBeyond(sequelize, { column, idColumn, isDescending, cursor }));
  const wanted = attributes ?? Object.keys(model.getAttributes());
  try {
    const found = await model.unscoped().findAll({
      // As text: a JavaScript date would lose the microseconds by which two rows may differ.
      attributes: [...new Set(['id', ...wanted]), [literal(`${column}::text`), 'orderedBy']],
      where: beyond === null ? where : { [Op.and]: [where, beyond] },
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
    if (cursor === null || databaseErrorCode(error)?.startsWith('22') !== true) throw error;
    throw noPage(error);
  }
}

type Cursor = readonly [value: string | null, id: string];

const cursorSchema = z.tuple([z.string().max(100_000).nullable(), z.string().regex(idPattern)]);

function writeCursor(...cursor: Cursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString('base64url');
}

function readCursor(text: string): Cursor {
  try {
    const cursor = cursorSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
    if (cursor[0]?.includes('\0') === true) throw noPage();
    return cursor;
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof z.ZodError)) throw error;
    throw noPage(error);
  }
}

function noPage(cause?: unknown): HotspotsError {
  return new HotspotsError('USAGE', 'That is no page of this list. Begin at its first page.', { cause });
}

interface Beyond {
  column: string;
  idColumn: string;
  isDescending: boolean;
  cursor: Cursor;
}

function isBeyond(sequelize: Sequelize, { column, idColumn, isDescending, cursor: [value, id] }: Beyond) {
  const sign = isDescending ? '<' : '>';
  const further = `${idColumn} ${sign} ${sequelize.escape(id)}`;
  if (value === null) return `(${column} IS NULL AND ${further})`;
  const escaped = sequelize.escape(value);
  return `(${column} ${sign} ${escaped} OR (${column} = ${escaped} AND ${further}) OR ${column} IS NULL)`;
}
