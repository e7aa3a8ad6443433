import type { Model, Sequelize, Transaction } from 'sequelize';
import { databaseErrorCode } from '../../../database/retry-transaction.ts';
import { isId } from '../../../ids.ts';
import { unknownRecord } from '../../../runs/index.ts';
import type { AdminModel } from './admin-model.ts';
import { formFieldsOf } from './form-field.ts';
import { readForm, recordVersion, type SentForm } from './read-form.ts';

/**
 * A record by the id that an address has; under lock where a transaction is given.
 *
 * @throws HotspotsError RECORD_UNKNOWN
 */
export async function findRecord(
  sequelize: Sequelize,
  { model, singular }: Pick<AdminModel, 'model' | 'singular'>,
  id: string,
  transaction?: Transaction,
): Promise<Model> {
  const locked = transaction && { transaction, lock: transaction.LOCK.NO_KEY_UPDATE };
  const record = isId(id) ? await model.unscoped().findByPk(id, { ...locked }) : null;
  if (record !== null) return record;
  throw await unknownRecord(sequelize, { model: model.name, objectId: id }, { noun: singular, transaction });
}

/** What became of a form. */
export type SavedRecord =
  | { readonly outcome: 'saved'; readonly record: Model; readonly fields: readonly string[] }
  /** Nothing was written: the form has problems, or the record was changed while it was filled in. */
  | { readonly outcome: 'invalid' | 'conflict'; readonly sent: SentForm };

/** Where a problem is noted that is not one of a single field. */
export const wholeRecord = '';

/**
 * Writes what a form says, as the actor of the surrounding context. The record is looked at under lock: what somebody
 * else has written meanwhile is not overwritten.
 *
 * @param id null for a new record
 * @throws HotspotsError RECORD_UNKNOWN
 */
export async function saveRecord(
  sequelize: Sequelize,
  admin: AdminModel,
  id: string | null,
  form: URLSearchParams,
): Promise<SavedRecord> {
  let sent: SentForm | undefined;
  try {
    return await sequelize.transaction(async (transaction): Promise<SavedRecord> => {
      const found = id === null ? null : await findRecord(sequelize, admin, id, transaction);
      sent = await readForm(formFieldsOf(admin), form, found, transaction);
      // Not all that writes to a table sets updatedAt: a statement of psql does not.
      const isOutdated = found !== null && form.get('updatedAt') !== recordVersion(found);
      if (isOutdated || sent.stale.size > 0) return { outcome: 'conflict', sent };
      if (sent.problems.size > 0) return { outcome: 'invalid', sent };
      const record = found ?? admin.model.build();
      record.set(sent.values);
      const broken = admin.kind.brokenRules(record);
      if (broken.length > 0) return { outcome: 'invalid', sent: withProblems(sent, broken) };
      const fields = record.changed() || [];
      await record.save({ transaction });
      return { outcome: 'saved', record, fields };
    });
  } catch (error) {
    const message = refusal(error);
    if (message === null || sent === undefined) throw error;
    return { outcome: 'invalid', sent: withProblems(sent, [{ field: wholeRecord, message }]) };
  }
}

function withProblems(sent: SentForm, problems: readonly { field: string; message: string }[]): SentForm {
  return { ...sent, problems: new Map(problems.map(({ field, message }) => [field, message])) };
}

/** Why the database did not take the values; null for an error that is not about them. */
function refusal(error: unknown): string | null {
  // Classes 22 and 23 of SQLSTATE: a value that its column cannot hold, or that breaks a rule of the table.
  const code = databaseErrorCode(error);
  if (code === '23505') return 'A record with the same values exists already.';
  if (code === undefined || !/^2[23]/.test(code)) return null;
  return `The database refused it: ${error instanceof Error ? error.message : code}.`;
}
