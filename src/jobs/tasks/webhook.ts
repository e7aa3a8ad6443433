import { z } from 'zod';
import { deliverWebhooks } from '../../runs/webhooks.ts';
import { defineTask } from '../task.ts';

/** Sends what is due to webhooks. What is not taken stays due: it is no failure of the job. */
export const webhook = defineTask({
  name: 'webhook',
  summary: 'Sends what is due to webhooks',
  data: z.strictObject({}),
  keyOf: () => 'all',
  run: async (_data, { database: { sequelize }, signal }) => ({
    state: 'done',
    summary: `${await deliverWebhooks(sequelize, { signal })} delivered`,
  }),
});
