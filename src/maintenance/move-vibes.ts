import type { Transaction } from 'sequelize';
import { UserVibe, UserVibeTime } from '../records/contributions.ts';

/**
 * Moves the vibes of a place to another. Where a user has given both the same vibe it stays where it is, and the times
 * that only it has go to the other's.
 *
 * @returns how many vibes were moved
 */
export async function moveVibes(fromId: string, toId: string, transaction: Transaction): Promise<number> {
  const both = await UserVibe.findAll({
    where: { placeId: [fromId, toId] },
    order: [['id', 'ASC']],
    ...{ transaction, lock: transaction.LOCK.NO_KEY_UPDATE },
  });
  const own = both.filter(({ placeId }) => placeId === toId);
  const twins = new Map(own.map((vibe) => [keyOf(vibe), vibe]));
  let moved = 0;
  for (const vibe of both.filter(({ placeId }) => placeId === fromId)) {
    const twin = twins.get(keyOf(vibe));
    if (twin === undefined) {
      await vibe.update({ placeId: toId }, { transaction });
      moved += 1;
    } else await moveTimes(vibe, twin, transaction);
  }
  return moved;
}

function keyOf({ userId, vibe }: UserVibe): string {
  return JSON.stringify([userId, vibe]);
}

async function moveTimes(from: UserVibe, to: UserVibe, transaction: Transaction): Promise<void> {
  const own = await UserVibeTime.findAll({ where: { userVibeId: to.id }, transaction });
  const known = new Set(own.map(timeKey));
  const times = await UserVibeTime.findAll({
    where: { userVibeId: from.id },
    order: [['id', 'ASC']],
    ...{ transaction, lock: transaction.LOCK.NO_KEY_UPDATE },
  });
  for (const time of times) {
    if (!known.has(timeKey(time))) await time.update({ userVibeId: to.id }, { transaction });
  }
}

function timeKey({ dayOfWeek, opens, closes }: UserVibeTime): string {
  return JSON.stringify([dayOfWeek.toSorted(), opens, closes]);
}
