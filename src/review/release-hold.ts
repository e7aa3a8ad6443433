import type { Sequelize } from 'sequelize';
import type { Actor } from '../audit/index.ts';
import { HotspotsError } from '../errors.ts';
import { Hold } from '../models/hold.ts';
import { askAgain } from './ask-again.ts';

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
