import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import { config } from '../../config.ts';
import type { Run } from '../../models/run.ts';
import type { WebhookEvent } from './webhook-event.ts';

/** Writes what is to be sent to those who want to hear of an event, in the transaction of the event itself. */
export async function queueWebhooks(
  sequelize: Sequelize,
  event: WebhookEvent,
  run: Run,
  transaction: Transaction,
): Promise<void> {
  const webhooks = await sequelize.query<{ id: string }>('SELECT id FROM webhooks WHERE $1 = ANY(events)', {
    bind: [event],
    type: QueryTypes.SELECT,
    transaction,
  });
  const occurredAt = new Date().toISOString();
  for (const { id: webhookId } of webhooks) {
    const id = crypto.randomUUID();
    await sequelize.query(
      'INSERT INTO webhook_deliveries (id, webhook_id, run_id, event, body) VALUES ($1, $2, $3, $4, $5)',
      {
        bind: [id, webhookId, run.id, event, JSON.stringify({ id, event, occurredAt, run: shownRun(run) })],
        transaction,
      },
    );
  }
}

function shownRun(run: Run) {
  const { id, kind, spider, sourceName, state, actorEmail, startedAt, finishedAt, reason, error } = run;
  const { pages, items, created, updated, deleted, unchanged, rejected, failed, changes, undone } = run;
  return {
    ...{ id, kind, spider, source: sourceName, state, actorEmail, startedAt, finishedAt, reason, error },
    ...{ pages, items, created, updated, deleted, unchanged, rejected, failed, changes, undone },
    flags: run.flags.map(({ sentence }) => sentence),
    url: new URL(`/review/runs/${id}`, config.publicUrl).href,
  };
}
