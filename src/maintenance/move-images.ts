import type { Transaction } from 'sequelize';
import { PlaceImage } from '../records/images.ts';

/**
 * Moves the pictures of a place behind those of another. A picture that the other has already stays where it is.
 *
 * @returns how many were moved
 */
export async function moveImages(fromId: string, toId: string, transaction: Transaction): Promise<number> {
  const own = await PlaceImage.findAll({ where: { placeId: toId }, transaction });
  const known = new Set(own.map(({ contentUrl }) => contentUrl));
  const first = Math.max(-1, ...own.map(({ position }) => position)) + 1;
  const others = await PlaceImage.findAll({
    where: { placeId: fromId },
    order: [
      ['position', 'ASC'],
      ['id', 'ASC'],
    ],
    ...{ transaction, lock: transaction.LOCK.NO_KEY_UPDATE },
  });
  const moved = others.filter(({ contentUrl }) => !known.has(contentUrl));
  for (const [index, image] of moved.entries())
    await image.update({ placeId: toId, position: first + index }, { transaction });
  return moved.length;
}
