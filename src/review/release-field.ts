import type { Sequelize } from 'sequelize';
import type { Actor } from '../audit/index.ts';
import type { FieldOfRecord } from '../audit/read/index.ts';
import { askAgain } from './ask-again.ts';
import { releaseFields } from './release-fields.ts';

/**
 * Lets scrapers write a field again although a person wrote it last. It holds until a person writes it once more.
 *
 * @returns false when no person's value kept scrapers out
 */
export async function releaseField(
  sequelize: Sequelize,
  field: FieldOfRecord,
  { by }: { by: Actor },
): Promise<boolean> {
  return await sequelize.transaction(async (transaction) => {
    if ((await releaseFields(sequelize, [field], { by, transaction })) === 0) return false;
    await askAgain(sequelize, field, transaction);
    return true;
  });
}
