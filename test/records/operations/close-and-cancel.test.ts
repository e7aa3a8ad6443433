import { afterAll, beforeAll, expect, test } from 'vitest';
import { withUserActor } from '../../../src/audit/actors.ts';
import { LogEntry } from '../../../src/audit/log-entry.ts';
import { bindModels } from '../../../src/models.ts';
import { Event } from '../../../src/records/event.ts';
import { cancelEvent, closePlace } from '../../../src/records/operations/events.ts';
import { Place } from '../../../src/records/place.ts';
import { ana, asAna } from '../../helpers/as-ana.ts';
import { createTestDatabase } from '../../helpers/test-database.ts';

const database = await createTestDatabase();
const { sequelize } = database;
beforeAll(() => bindModels(database));
afterAll(() => database.close());

const newest = async () => (await LogEntry.findAll({ order: [['id', 'DESC']], limit: 1 }))[0];

test('a closed place is closed by whoever closes it, with the reason, and closing it again writes nothing', async () => {
  const { id } = await asAna(() => Place.create({ name: 'Town Hall' }));
  const closed = await withUserActor(ana, () => closePlace(id, { reason: 'Burnt down' }), {
    correlationId: 'request-7',
  });
  expect(closed.isClosed).toBe(true);
  const entry = await newest();
  expect(entry).toMatchObject({
    model: 'Place',
    objectId: id,
    changes: { isClosed: [false, true] },
    actorEmail: ana.email,
    correlationId: 'request-7',
    extra: { reason: 'Burnt down' },
  });
  await asAna(() => closePlace(id));
  expect((await newest())?.id).toBe(entry?.id);
});

test('a cancelled event is cancelled, in the transaction of the caller if there is one', async () => {
  const { id } = await asAna(() => Event.create({ name: 'Quiz', startDate: new Date(), timeZone: 'UTC' }));
  await expect(
    asAna(() =>
      sequelize.transaction(async (transaction) => {
        expect((await cancelEvent(id, { transaction })).status).toBe('EventCancelled');
        throw new Error('taken back');
      }),
    ),
  ).rejects.toThrow('taken back');
  expect((await Event.findByPk(id))?.status).toBe('EventScheduled');
  await asAna(() => cancelEvent(id));
  expect((await newest())?.changes).toEqual({ status: ['EventScheduled', 'EventCancelled'] });
});

test('neither does anything for nobody, or to what is not there', async () => {
  const { id } = await asAna(() => Place.create({ name: 'Town Hall' }));
  await expect(closePlace(id)).rejects.toMatchObject({ code: 'AUDIT_NO_ACTOR' });
  await expect(asAna(() => closePlace('999'))).rejects.toMatchObject({ code: 'PLACE_UNKNOWN' });
  await expect(asAna(() => cancelEvent('999'))).rejects.toMatchObject({ code: 'EVENT_UNKNOWN' });
});
