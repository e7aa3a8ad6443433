import type { Model, Transaction } from 'sequelize';
import { HotspotsError } from '../../errors.ts';
import type { AdminModel } from './admin-model.ts';

/**
 * A record by the id that an address has; under lock where a transaction is given.
 *
 * @throws HotspotsError RECORD_UNKNOWN
 */
export async function findRecord(
  { model, singular }: Pick<AdminModel, 'model' | 'singular'>,
  id: string,
  transaction?: Transaction,
): Promise<Model> {
  const locked = transaction && { transaction, lock: transaction.LOCK.NO_KEY_UPDATE };
  const record = /^[1-9]\d{0,17}$/.test(id) ? await model.unscoped().findByPk(id, { ...locked }) : null;
  if (record !== null) return record;
  throw new HotspotsError(
    'RECORD_UNKNOWN',
    `There is no ${singular} ${JSON.stringify(id.slice(0, 40))}. What was deleted is found among the changes, with the kind ${model.name}.`,
  );
}
