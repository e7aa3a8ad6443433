import { Op, type Sequelize, type Transaction, type WhereOptions } from 'sequelize';
import { inTransaction, sequelizeOf } from '../../audit/index.ts';
import { HotspotsError } from '../../errors.ts';
import { normaliseTimeZone } from '../../normalise/zones.ts';
import { Event } from '../event.ts';
import { Place } from '../place.ts';
import {
  asOneOperation,
  type Batch,
  type BatchedResult,
  type BatchOptions,
  batchSize,
  inBatches,
  type OperationOptions,
} from './batches.ts';

/**
 * Marks an event as cancelled, as the actor of the surrounding context. One that is cancelled already stays as it is.
 *
 * @throws HotspotsError EVENT_UNKNOWN
 */
export function cancelEvent(eventId: string, { reason, transaction }: OperationOptions = {}): Promise<Event> {
  return inTransaction(sequelizeOf(Event), transaction, async (within) => {
    const event = await Event.findByPk(eventId, { transaction: within, lock: within.LOCK.NO_KEY_UPDATE });
    if (event === null) throw new HotspotsError('EVENT_UNKNOWN', `There is no event ${eventId}.`);
    return await asOneOperation({ reason }, () =>
      event.update({ status: 'EventCancelled' }, { transaction: within }),
    );
  });
}

/**
 * Marks a place as closed for good, as the actor of the surrounding context. One that is closed already stays as it is.
 *
 * @throws HotspotsError PLACE_UNKNOWN
 */
export function closePlace(placeId: string, { reason, transaction }: OperationOptions = {}): Promise<Place> {
  return inTransaction(sequelizeOf(Place), transaction, async (within) => {
    const place = await Place.findByPk(placeId, { transaction: within, lock: within.LOCK.NO_KEY_UPDATE });
    if (place === null) throw new HotspotsError('PLACE_UNKNOWN', `There is no place ${placeId}.`);
    return await asOneOperation({ reason }, () => place.update({ isClosed: true }, { transaction: within }));
  });
}

/**
 * The moment at which an event is over: its end, or where no time of day is known, or no end, the end of its last day
 * in its own time zone.
 */
export function endOfEvent({
  startDate,
  endDate,
  timeKnown,
  timeZone,
}: Pick<Event, 'startDate' | 'endDate' | 'timeKnown' | 'timeZone'>): Date {
  if (timeKnown && endDate !== null) return endDate;
  const zone = normaliseTimeZone(timeZone) ?? 'UTC';
  const lastDay = (endDate ?? startDate).toTemporalInstant().toZonedDateTimeISO(zone).toPlainDate();
  return new Date(lastDay.add({ days: 1 }).toZonedDateTime(zone).epochMilliseconds);
}

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
