import { Op, type Sequelize, type Transaction, type WhereOptions } from 'sequelize';
import { Event } from '../records/event.ts';
import type { BatchedResult, BatchOptions } from './batch-options.ts';
import { endOfEvent } from './end-of-event.ts';
import { type Batch, batchSize, inBatches } from './in-batches.ts';

/** A day without times ends up to so long after what the column says. */
const longestDay = 2 * 24 * 60 * 60 * 1000;

/**
 * Marks events that are over, and takes the mark from those that were put off to a later day. A postponed event whose
 * new date is not known is never over. As the actor of the surrounding context.
 *
 * @param options `now` for another moment than the present
 * @returns counts: examined, past, current
 */
export function markPastEvents(
  sequelize: Sequelize,
  { now = new Date() }: { now?: Date } = {},
  batch: BatchOptions = {},
): Promise<BatchedResult> {
  return inBatches(sequelize, (after, transaction) => markBatch(sequelize, now, after, transaction), batch);
}

async function markBatch(
  sequelize: Sequelize,
  now: Date,
  after: string,
  transaction: Transaction,
): Promise<Batch | null> {
  const events = await Event.findAll({
    where: { [Op.and]: [{ id: { [Op.gt]: after } }, maybeWrong(sequelize, now)] },
    order: [['id', 'ASC']],
    limit: batchSize,
    lock: transaction.LOCK.NO_KEY_UPDATE,
    transaction,
  });
  const last = events.at(-1)?.id;
  if (last === undefined) return null;
  const isOver = (event: Event) => event.status !== 'EventPostponed' && endOfEvent(event) <= now;
  const past = events.filter((event) => !event.isPast && isOver(event));
  const current = events.filter((event) => event.isPast && !isOver(event));
  for (const [isPast, changed] of [
    [true, past],
    [false, current],
  ] as const) {
    if (changed.length === 0) continue;
    await Event.update({ isPast }, { where: { id: changed.map(({ id }) => id) }, transaction });
  }
  return { last, counts: { examined: events.length, past: past.length, current: current.length } };
}

/** Events whose mark may be wrong: the database finds them by an index, the exact moment is computed. */
function maybeWrong(sequelize: Sequelize, now: Date): WhereOptions<Event> {
  const end = sequelize.fn('coalesce', sequelize.col('end_date'), sequelize.col('start_date'));
  return {
    [Op.or]: [
      {
        [Op.and]: [
          { isPast: false, status: { [Op.ne]: 'EventPostponed' } },
          sequelize.where(end, Op.lte, now),
        ],
      },
      {
        [Op.and]: [
          { isPast: true },
          {
            [Op.or]: [
              { status: 'EventPostponed' },
              sequelize.where(end, Op.gt, new Date(now.getTime() - longestDay)),
            ],
          },
        ],
      },
    ],
  };
}
