import type { Sequelize } from 'sequelize';
import { HotspotsError } from '../../errors.ts';
import { lastPrune } from './last-prune.ts';

/**
 * Makes sure that the log still has all that was before a moment or an entry.
 *
 * @throws HotspotsError HISTORY_PRUNED when retention has removed some of it
 */
export async function refusePruned(
  sequelize: Sequelize,
  moment: Date | { readonly entryId: string },
): Promise<void> {
  const prune = await lastPrune(sequelize);
  if (prune === null) return;
  const isPruned =
    moment instanceof Date ? moment < prune.olderThan : BigInt(moment.entryId) <= BigInt(prune.lastId);
  if (!isPruned) return;
  throw new HotspotsError(
    'HISTORY_PRUNED',
    `What was before ${prune.olderThan.toISOString()} is not known any more: retention has removed those log entries, ` +
      'but for the newest of each field. Ask for a later time.',
  );
}
