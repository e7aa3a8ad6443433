import { inTransaction, sequelizeOf } from '../audit/index.ts';
import { HotspotsError } from '../errors.ts';
import { Event } from '../records/event.ts';
import { asOneOperation } from './as-one-operation.ts';
import type { OperationOptions } from './operation-options.ts';

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
