import type { Sequelize, Transaction } from 'sequelize';
import { lockInTransaction } from '../../database/advisory-lock.ts';
import { automatedUser, User } from '../user.ts';
import type { BatchCounts, BatchedResult, BatchOptions } from './batches.ts';
import { inBatches } from './batches.ts';

const kinds = ['system', 'scraper'] as const;

/**
 * Sees to it that the system and scraper users are there, and that nobody can sign in as them. As the actor of the
 * surrounding context.
 *
 * @returns counts: examined, created, mended (could have signed in)
 */
export function ensureAutomatedUsers(
  sequelize: Sequelize,
  _options: Record<string, never> = {},
  batch: BatchOptions = {},
): Promise<BatchedResult> {
  return inBatches(
    sequelize,
    async (after, transaction) =>
      after === '0' ? { last: String(kinds.length), counts: await ensure(sequelize, transaction) } : null,
    batch,
  );
}

async function ensure(sequelize: Sequelize, transaction: Transaction): Promise<BatchCounts> {
  const counts = { examined: kinds.length, created: 0, mended: 0 };
  for (const kind of kinds) {
    const wanted = automatedUser(kind);
    // The lock under which the first write of either makes it.
    await lockInTransaction(sequelize, `automated actor ${wanted.email}`, transaction);
    const user = await User.findOne({ where: { email: wanted.email }, lock: true, transaction });
    if (user === null) {
      await User.create(wanted, { transaction });
      counts.created += 1;
    } else if (user.isActive || user.passwordHash !== null) {
      await user.update({ isActive: false, passwordHash: null }, { transaction });
      counts.mended += 1;
    }
  }
  return counts;
}
