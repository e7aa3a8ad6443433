import { z } from 'zod';
import { markPastEvents } from '../../records/operations/events.ts';
import { batchedOutcome } from '../batched-outcome.ts';
import { defineTask } from '../task.ts';

/** Marks events that are over. */
export const markPastEventsTask = defineTask({
  name: 'mark-past-events',
  summary: 'Marks events that are over',
  data: z.strictObject({}),
  keyOf: () => 'all',
  run: async (_data, { database: { sequelize }, signal }) =>
    batchedOutcome(await markPastEvents(sequelize, {}, { signal })),
});
