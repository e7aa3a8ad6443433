import type { Model, Sequelize, Transaction } from 'sequelize';
import { auditlog, withUserActor } from '../audit/index.ts';
import { attributeValue, rowsWithIds } from '../audit/read/index.ts';
import { databaseErrorCode } from '../database/database-error-code.ts';
import { HotspotsError } from '../errors.ts';
import { Suggestion } from '../models/suggestion.ts';
import type { User } from '../models/user.ts';

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
