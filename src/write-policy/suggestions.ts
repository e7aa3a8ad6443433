import { type Model, Op, QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import { type Actor, auditlog, withUserActor } from '../audit/index.ts';
import { attributeValue, type FieldOfRecord, rowsWithIds } from '../audit/read/index.ts';
import { databaseErrorCode } from '../database/retry-transaction.ts';
import { HotspotsError } from '../errors.ts';
import type { User } from '../records/index.ts';
import { type FieldRecordsFilter, type IdPage, whereOf } from './holds.ts';
import { Suggestion } from './models.ts';
import type { ProposedValue, ProposingRun } from './proposed-value.ts';

export interface AcceptedSuggestions {
  accepted: number;
  /** Those that could not be taken over, each with the reason. */
  refused: { id: string; message: string }[];
}

/**
 * Takes over what sources suggest, as the person who says so. One that cannot be written stays open; the others
 * are not held up by it. Suggestions of one record are written together. What somebody else decides meanwhile is left
 * out: it is neither accepted nor refused.
 *
 * @throws HotspotsError SUGGESTION_UNKNOWN when none of them is open
 */
export async function acceptSuggestions(
  sequelize: Sequelize,
  ids: readonly string[],
  { by }: { by: User },
): Promise<AcceptedSuggestions> {
  const open = await Suggestion.findAll({ where: { id: [...ids], state: 'open' }, order: [['id', 'ASC']] });
  if (open.length === 0) {
    throw new HotspotsError(
      'SUGGESTION_UNKNOWN',
      `None of these suggestions is open: ${ids.slice(0, 10).join(', ')}. Those that are: npm run hotspots -- suggestions.`,
    );
  }
  const result: AcceptedSuggestions = { accepted: 0, refused: [] };
  const perRecord = Map.groupBy(open, ({ model, objectId }) => JSON.stringify([model, objectId]));
  for (const suggestions of perRecord.values()) {
    const outcome = await acceptForRecord(sequelize, suggestions, by);
    if (typeof outcome === 'number') result.accepted += outcome;
    else result.refused.push(...suggestions.map(({ id }) => ({ id, message: outcome })));
  }
  return result;
}

/** @returns how many were written, or why none could be */
async function acceptForRecord(
  sequelize: Sequelize,
  suggestions: readonly Suggestion[],
  by: User,
): Promise<number | string> {
  const [first] = suggestions;
  const registration = auditlog.registrations().find(({ modelName }) => modelName === first?.model);
  if (first === undefined || registration === undefined) return 'Its model is not registered any more.';
  const write = async (transaction: Transaction): Promise<number | string> => {
    // The record first, as crawls do, which write it and then its suggestions.
    const locked = { transaction, lock: transaction.LOCK.NO_KEY_UPDATE };
    const record: Model | null = await registration.model.unscoped().findOne({
      where: rowsWithIds(registration, [first.objectId]),
      ...locked,
    });
    if (record === null) return `${first.model} ${first.objectId} does not exist any more.`;
    const open = await Suggestion.findAll({
      where: { id: suggestions.map(({ id }) => id), state: 'open' },
      order: [['id', 'ASC']],
      ...locked,
    });
    for (const { field, value } of open) record.set(field, attributeValue(registration, field, value));
    await record.save({ transaction });
    await Suggestion.update(
      { state: 'accepted', decidedAt: new Date(), decidedById: by.id, decidedByEmail: by.email },
      { where: { id: open.map(({ id }) => id) }, transaction },
    );
    return open.length;
  };
  try {
    return await withUserActor(by, () => sequelize.transaction(write));
  } catch (error) {
    // Class 23 of SQLSTATE: the value breaks a rule of the table. All else is no matter of the suggestion.
    if (!(error instanceof Error) || databaseErrorCode(error)?.startsWith('23') !== true) throw error;
    return `The database refused it: ${error.message}.`;
  }
}

/**
 * Says no to suggestions: the same value from the same source is not suggested again.
 *
 * @returns how many were open
 */
export async function dismissSuggestions(ids: readonly string[], { by }: { by: Actor }): Promise<number> {
  const [count] = await Suggestion.update(
    { state: 'dismissed', decidedAt: new Date(), decidedById: by.id, decidedByEmail: by.email },
    { where: { id: [...ids], state: 'open' } },
  );
  return count;
}

/** Suggestions that nobody has decided on, the newest first. */
export async function listSuggestions(
  filter: FieldRecordsFilter,
  page: IdPage,
): Promise<{ suggestions: Suggestion[]; next: string | null }> {
  const found = await Suggestion.findAll({
    where: { [Op.and]: [whereOf(filter, page), { state: 'open' }] },
    order: [['id', 'DESC']],
    limit: page.limit + 1,
  });
  const suggestions = found.slice(0, page.limit);
  return { suggestions, next: found.length > suggestions.length ? (suggestions.at(-1)?.id ?? null) : null };
}

/** Drops open suggestions of a source for fields that hold by now what the source says. */
export async function settleSuggestions(
  sequelize: Sequelize,
  sourceName: string,
  agreed: readonly FieldOfRecord[],
  transaction: Transaction,
): Promise<void> {
  if (agreed.length === 0) return;
  await sequelize.query(
    `DELETE FROM suggestions
     WHERE source_name = $1 AND state = 'open'
       AND (model, object_id, field) IN (SELECT * FROM unnest($2::text[], $3::text[], $4::text[]))`,
    {
      bind: [
        sourceName,
        agreed.map(({ model }) => model),
        agreed.map(({ objectId }) => objectId),
        agreed.map(({ field }) => field),
      ],
      type: QueryTypes.DELETE,
      transaction,
    },
  );
}

/**
 * Keeps what a source says of fields that people wrote. A value that was dismissed stays so; another one is open
 * again.
 */
export async function storeSuggestions(
  sequelize: Sequelize,
  { sourceName, runId }: ProposingRun,
  values: readonly ProposedValue[],
  transaction: Transaction,
): Promise<void> {
  if (values.length === 0) return;
  await sequelize.query(
    `INSERT INTO suggestions (model, object_id, object_label, field, source_name, source_url, run_id, value)
     SELECT DISTINCT ON (model, "objectId", field)
            model, "objectId", "objectLabel", field, $2, "sourceUrl", $3::bigint, coalesce(value, 'null')
     FROM jsonb_to_recordset($1::jsonb) AS suggested (
       model text, "objectId" text, "objectLabel" text, field text, "sourceUrl" text, value jsonb)
     ORDER BY model, "objectId", field
     ON CONFLICT (model, object_id, field, source_name) DO UPDATE SET
       last_seen_at = now(), run_id = excluded.run_id, source_url = excluded.source_url,
       object_label = excluded.object_label, value = excluded.value,
       state = CASE WHEN suggestions.value = excluded.value AND suggestions.state = 'dismissed'
                    THEN 'dismissed' ELSE 'open' END,
       decided_at = CASE WHEN suggestions.value = excluded.value AND suggestions.state = 'dismissed'
                         THEN suggestions.decided_at END,
       decided_by_id = CASE WHEN suggestions.value = excluded.value AND suggestions.state = 'dismissed'
                            THEN suggestions.decided_by_id END,
       decided_by_email = CASE WHEN suggestions.value = excluded.value AND suggestions.state = 'dismissed'
                               THEN suggestions.decided_by_email END`,
    { bind: [JSON.stringify(values), sourceName, runId], transaction },
  );
}
