import { createHmac } from 'node:crypto';
import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import { config } from '../config.ts';
import type { Run } from './run.ts';

interface Delivery {
  id: string;
  url: string;
  secret: string;
  body: string;
  attempts: number;
}

const timeout = 10_000;
const mostAttempts = 12;
const batchSize = 10;

/**
 * Sends what is due to webhooks, signed as Standard Webhooks 1.0 says. What is not taken is tried again after 1, 2,
 * 4 … minutes, 12 times in all. Processes that do this at once share the work.
 *
 * @returns how many were delivered
 */
export async function deliverWebhooks(
  sequelize: Sequelize,
  { signal }: { signal?: AbortSignal } = {},
): Promise<number> {
  let delivered = 0;
  for (;;) {
    const { sent, found } = await sequelize.transaction((transaction) =>
      sendBatch(sequelize, transaction, signal),
    );
    delivered += sent;
    if (found < batchSize || signal?.aborted === true) return delivered;
  }
}

async function sendBatch(sequelize: Sequelize, transaction: Transaction, signal: AbortSignal | undefined) {
  const due = await sequelize.query<Delivery>(
    `SELECT delivery.id, url, secret, body, attempts
     FROM webhook_deliveries delivery JOIN webhooks ON webhooks.id = webhook_id
     WHERE next_attempt_at <= now() ORDER BY next_attempt_at LIMIT ${batchSize}
     FOR UPDATE OF delivery SKIP LOCKED`,
    { type: QueryTypes.SELECT, transaction },
  );
  const errors = await Promise.all(due.map((delivery) => send(delivery, signal)));
  for (const [index, { id, attempts }] of due.entries()) {
    const error = errors[index] ?? null;
    // Broken off by us, not refused: it stays due.
    if (error !== null && signal?.aborted === true) continue;
    await sequelize.query(
      `UPDATE webhook_deliveries SET attempts = attempts + 1, last_error = $2,
         delivered_at = CASE WHEN $2::text IS NULL THEN now() END,
         next_attempt_at = CASE WHEN $2::text IS NOT NULL AND $3 < ${mostAttempts}
                                THEN now() + make_interval(mins => (2 ^ ($3 - 1))::int) END
       WHERE id = $1`,
      { bind: [id, error, attempts + 1], transaction },
    );
  }
  return { found: due.length, sent: errors.filter((error) => error === null).length };
}

/** @returns why it was not taken; null when it was */
async function send(
  { id, url, secret, body }: Delivery,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const limit = AbortSignal.timeout(timeout);
  try {
    // Loaded late: most programs that end a run send nothing themselves.
    const { fetch } = await import('undici');
    const response = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        'webhook-signature': `v1,${signature(secret, `${id}.${timestamp}.${body}`)}`,
      },
      body,
      signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
    });
    await response.body?.cancel();
    return response.ok ? null : `It answered with status ${response.status}.`;
  } catch (error) {
    // The network's errors say "fetch failed" and keep the reason inside.
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return (cause instanceof Error ? cause.message : String(cause)).slice(0, 500);
  }
}

function signature(secret: string, content: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  return createHmac('sha256', key).update(content).digest('base64');
}

/** What webhooks are told of: a crawl ended; a run was flagged; changes of a run were undone. */
export const webhookEvents = ['run.finished', 'run.flagged', 'run.undone'] as const;
export type WebhookEvent = (typeof webhookEvents)[number];

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
    id,
    kind,
    spider,
    source: sourceName,
    state,
    actorEmail,
    startedAt,
    finishedAt,
    reason,
    error,
    pages,
    items,
    created,
    updated,
    deleted,
    unchanged,
    rejected,
    failed,
    changes,
    undone,
    flags: run.flags.map(({ sentence }) => sentence),
    url: new URL(`/review/runs/${id}`, config.publicUrl).href,
  };
}
