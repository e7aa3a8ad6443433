import { QueryTypes } from 'sequelize';
import type { Check } from '../check.ts';

const days = 30;

interface FailingWebhook {
  id: string;
  url: string;
  retried: number;
  givenUp: number;
  lastError: string | null;
}

/** Addresses that do not take what they are to be told. */
export const webhooks: Check = {
  name: 'webhooks',
  needsTables: true,
  run: async ({ sequelize, now }) => {
    const failing = await sequelize.query<FailingWebhook>(
      `SELECT webhooks.id::text, url,
              (count(*) FILTER (WHERE next_attempt_at IS NOT NULL))::int AS retried,
              (count(*) FILTER (WHERE next_attempt_at IS NULL))::int AS "givenUp",
              (array_agg(last_error ORDER BY delivery.created_at DESC))[1] AS "lastError"
       FROM webhooks JOIN webhook_deliveries delivery ON webhook_id = webhooks.id
       WHERE delivered_at IS NULL AND attempts > 0 AND delivery.created_at >= $1
       GROUP BY webhooks.id ORDER BY webhooks.id`,
      { bind: [new Date(now().getTime() - days * 24 * 60 * 60 * 1000)], type: QueryTypes.SELECT },
    );
    if (failing.length === 0) return [{ level: 'ok', message: 'No webhook fails.' }];
    return failing.map(({ id, url, retried, givenUp, lastError }) => ({
      level: givenUp > 0 ? ('problem' as const) : ('notice' as const),
      // The rest of the address often is a secret.
      message: `Webhook ${id} at ${new URL(url).host} fails: messages given up ${givenUp}, tried again ${retried}. ${lastError ?? ''}`,
      mend: `Mend what listens there, or: npm run hotspots -- webhook remove ${id}`,
    }));
  },
};
