import { afterAll, beforeAll, expect, test } from 'vitest';
import { withSystemActor } from '../../../src/audit/actors.ts';
import { LogEntry } from '../../../src/audit/log-entry.ts';
import { bindModels } from '../../../src/models.ts';
import { Event } from '../../../src/records/event.ts';
import { markPastEvents } from '../../../src/records/operations/events.ts';
import { asAna } from '../../helpers/as-ana.ts';
import { createTestDatabase } from '../../helpers/test-database.ts';

const database = await createTestDatabase();
const { sequelize } = database;
beforeAll(() => bindModels(database));
afterAll(() => database.close());

const mark = (now: string) => withSystemActor(() => markPastEvents(sequelize, { now: new Date(now) }));
const day = { timeKnown: false, allDay: true };

test('an event is past when it is over in its own time zone, and no longer when it is put off', async () => {
  const timeZone = 'America/Chicago';
  const create = (name: string, start: string, end: string | null, more: object = {}) =>
    Event.create({
      name,
      timeZone,
      startDate: new Date(start),
      endDate: end === null ? null : new Date(end),
      ...more,
    });
  await asAna(async () => {
    await create('with an end', '2027-05-09T19:00-05:00', '2027-05-09T21:00-05:00');
    await create('without an end', '2027-05-09T19:00-05:00', null);
    await create('over days', '2027-05-08T00:00-05:00', '2027-05-09T00:00-05:00', day);
    await create('no clock known', '2027-05-09T00:00-05:00', null, { timeKnown: false });
    await create('postponed', '2027-05-01T19:00-05:00', null, { status: 'EventPostponed' });
    await create('in an unknown zone', '2027-05-09T12:00-05:00', null, { timeZone: 'Moon/Tranquility' });
  });
  const past = async () =>
    (await Event.findAll({ where: { isPast: true }, order: ['id'] })).map(({ name }) => name);

  await mark('2027-05-09T20:59-05:00');
  expect(await past()).toEqual(['in an unknown zone']);
  expect((await mark('2027-05-09T21:00-05:00')).counts).toEqual({ examined: 5, past: 1, current: 0 });
  expect(await past()).toEqual(['with an end', 'in an unknown zone']);
  await mark('2027-05-09T23:59:59-05:00');
  expect(await past()).toEqual(['with an end', 'in an unknown zone']);
  await mark('2027-05-10T00:00-05:00');
  expect(await past()).toEqual([
    'with an end',
    'without an end',
    'over days',
    'no clock known',
    'in an unknown zone',
  ]);

  await asAna(async () => {
    const changed = { startDate: new Date('2027-06-09T19:00-05:00'), endDate: null };
    await Event.update(changed, { where: { name: 'with an end' } });
    await Event.update({ status: 'EventPostponed' }, { where: { name: 'over days' } });
  });
  expect((await mark('2027-05-11T00:00-05:00')).counts).toMatchObject({ past: 0, current: 2 });
  expect(await past()).toEqual(['without an end', 'no clock known', 'in an unknown zone']);
  const entries = await LogEntry.findAll({ where: { actorEmail: 'system@vibemap.com', model: 'Event' } });
  expect(entries.map(({ changes }) => changes)).toEqual([
    ...Array.from({ length: 5 }, () => ({ isPast: [false, true] })),
    ...Array.from({ length: 2 }, () => ({ isPast: [true, false] })),
  ]);
});
