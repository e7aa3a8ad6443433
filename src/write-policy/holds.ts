import { isDeepStrictEqual } from 'node:util';
import { Op, QueryTypes, type Sequelize, type Transaction, type WhereOptions } from 'sequelize';
import type { Actor } from '../audit/index.ts';
import type { UndoneValue } from '../audit/undo/index.ts';
import { HotspotsError } from '../errors.ts';
import { Hold } from './models.ts';

const foreignKeys: Readonly<Record<string, string>> = { Place: 'place_id', Event: 'event_id' };

/**
 * Lets the next crawl look anew at what sources say of a record, although their pages have not changed: what was
 * refused before may be written now.
 */
export async function askAgain(
  sequelize: Sequelize,
  { model, objectId }: { model: string; objectId: string },
  transaction: Transaction,
): Promise<void> {
  const foreignKey = foreignKeys[model];
  if (foreignKey === undefined) return;
  await sequelize.query(
    `UPDATE source_records SET content_hash = gen_random_uuid() WHERE ${foreignKey} = $1`,
    { bind: [objectId], transaction },
  );
}

/**
 * Holds back what crawls had written and an undo has taken back, from the source that wrote it. A held value that
 * the undo itself has brought back is released: a person wants it.
 *
 * @param by the e-mail of who undoes
 * @returns how many values are held that were not before
 */
export async function holdValues(
  sequelize: Sequelize,
  values: readonly UndoneValue[],
  { undoRunId, by }: { undoRunId: string; by: string },
  transaction: Transaction,
): Promise<number> {
  // Sources that say nothing of a field do not empty it, so there is no null to be held back; and a record that was
  // removed is not made again.
  const taken = values.filter(
    ({ kind, value, restored }) => kind !== 'remove' && value !== null && !isDeepStrictEqual(value, restored),
  );
  await releaseRestored(sequelize, values, by, transaction);
  const held = await sequelize.query(
    `INSERT INTO holds (undo_run_id, model, object_id, object_label, field, source_name, value, value_hash)
     SELECT DISTINCT ON (model, "objectId", field, source_name, md5(value::text))
            $2::bigint, model, "objectId", "objectLabel", field, source_name, value, md5(value::text)::uuid
     FROM jsonb_to_recordset($1::jsonb) AS taken (
       model text, "objectId" text, "objectLabel" text, field text, value jsonb, "runId" bigint)
     JOIN runs ON runs.id = "runId" AND source_name IS NOT NULL
     ORDER BY model, "objectId", field, source_name, md5(value::text)
     ON CONFLICT (model, object_id, field, source_name, value_hash) WHERE released_at IS NULL DO NOTHING
     RETURNING id`,
    { bind: [JSON.stringify(taken), undoRunId], type: QueryTypes.SELECT, transaction },
  );
  return held.length;
}

async function releaseRestored(
  sequelize: Sequelize,
  values: readonly UndoneValue[],
  by: string,
  transaction: Transaction,
): Promise<void> {
  await sequelize.query(
    `UPDATE holds SET released_at = now(), released_by = $2
     FROM jsonb_to_recordset($1::jsonb) AS returned (model text, "objectId" text, field text, restored jsonb)
     WHERE released_at IS NULL AND holds.model = returned.model AND object_id = "objectId"
       AND holds.field = returned.field AND value_hash = md5(restored::text)::uuid`,
    { bind: [JSON.stringify(values), by], transaction },
  );
}

/** Which book-keeping of fields is wanted. */
export interface FieldRecordsFilter {
  model?: string | undefined;
  objectId?: string | undefined;
  field?: string | undefined;
  source?: string | undefined;
}

export interface IdPage {
  limit: number;
  /** Only what is older than the one with this id. */
  before?: string | undefined;
}

/** Values that are held back at present, the newest first. */
export async function listHolds(
  filter: FieldRecordsFilter,
  page: IdPage,
): Promise<{ holds: Hold[]; next: string | null }> {
  const found = await Hold.findAll({
    where: { [Op.and]: [whereOf(filter, page), { releasedAt: null }] },
    order: [['id', 'DESC']],
    limit: page.limit + 1,
  });
  const holds = found.slice(0, page.limit);
  return { holds, next: found.length > holds.length ? (holds.at(-1)?.id ?? null) : null };
}

/** The condition that a filter and a page mean. */
export function whereOf({ source, ...filter }: FieldRecordsFilter, { before }: IdPage): WhereOptions {
  const wanted = Object.entries({ ...filter, sourceName: source }).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(wanted), ...(before !== undefined && { id: { [Op.lt]: before } }) };
}

/**
 * Lets a source write again what was undone. The next crawl does, if the source still says it.
 *
 * @throws HotspotsError HOLD_UNKNOWN
 */
export async function releaseHold(sequelize: Sequelize, id: string, { by }: { by: Actor }): Promise<Hold> {
  return await sequelize.transaction(async (transaction) => {
    const hold = await Hold.findByPk(id, { transaction, lock: transaction.LOCK.UPDATE });
    if (hold === null || hold.releasedAt !== null) {
      throw new HotspotsError(
        'HOLD_UNKNOWN',
        `No value with the number ${id} is held back${hold === null ? '' : ' any more'}. Those that are: npm run hotspots -- holds.`,
      );
    }
    await hold.update({ releasedAt: new Date(), releasedBy: by.email }, { transaction });
    await askAgain(sequelize, hold, transaction);
    return hold;
  });
}
