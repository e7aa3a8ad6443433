import { randomBytes } from 'node:crypto';
import { QueryTypes } from 'sequelize';
import { z } from 'zod';
import { deliverWebhooks, webhookEvents } from '../../runs/index.ts';
import { counted } from '../../text.ts';
import { choiceOf, idOf, usageError } from '../arguments.ts';
import { type Command, exitCodes } from '../command.ts';
import { terminalWidth, writeOutput } from '../terminal.ts';
import { textTable } from '../text-table.ts';
import { withDatabase } from './options.ts';

/** `hotspots webhook add`: tells an address of runs from now on. */
export const add: Command = {
  usage: 'URL [--event=EVENT …]',
  options: {
    event: {
      type: 'string',
      multiple: true,
      value: 'EVENT',
      help: `${webhookEvents.join(', ')}; all if not given`,
    },
  },
  positionals: 1,
  run: async (given) => {
    const [url] = given.positionals;
    if (
      !z
        .url({ protocol: /^https?$/ })
        .max(2048)
        .safeParse(url).success
    )
      throw usageError(
        'webhook add',
        `An address such as https://example.org/hook is needed; given: ${JSON.stringify(url)}.`,
      );
    const events = given
      .texts('event')
      .map((event) => choiceOf('webhook add', '--event', event, webhookEvents) ?? '');
    const secret = `whsec_${randomBytes(32).toString('base64')}`;
    const rows = await withDatabase(({ sequelize }) =>
      sequelize.query<{ id: string }>(
        `INSERT INTO webhooks (url, secret, events) VALUES ($1, $2, $3)
         ON CONFLICT (url) DO NOTHING RETURNING id`,
        {
          bind: [url, secret, events.length > 0 ? [...new Set(events)] : [...webhookEvents]],
          type: QueryTypes.SELECT,
        },
      ),
    );
    const [row] = rows;
    if (row === undefined)
      throw usageError(
        'webhook add',
        'There is a webhook for that address already. To change it, remove it first: webhook list.',
      );
    await writeOutput(`Webhook ${row.id}. Its secret, shown only now: ${secret}`);
    return exitCodes.done;
  },
};

/** `hotspots webhook deliver`: for those who run no server. */
export const deliver: Command = {
  usage: '',
  options: {},
  positionals: 0,
  run: async () => {
    const count = await withDatabase(({ sequelize }) => deliverWebhooks(sequelize));
    await writeOutput(`${counted(count, 'message')} delivered.`);
    return exitCodes.done;
  },
};

interface ListedWebhook {
  id: string;
  url: string;
  events: string[];
  delivered: number;
  waiting: number;
  givenUp: number;
  lastError: string | null;
}

/** `hotspots webhook list`. */
export const webhookList: Command = {
  usage: '[--json]',
  options: { json: { type: 'boolean', help: 'one JSON object on stdout' } },
  positionals: 0,
  run: async (given) => {
    const webhooks = await withDatabase(({ sequelize }) =>
      sequelize.query<ListedWebhook>(
        `SELECT webhooks.id, url, events, count(delivered_at)::int AS delivered,
                count(next_attempt_at)::int AS waiting,
                (count(delivery.id) FILTER (WHERE next_attempt_at IS NULL AND delivered_at IS NULL))::int AS "givenUp",
                (array_agg(last_error ORDER BY delivery.created_at DESC) FILTER (WHERE last_error IS NOT NULL))[1] AS "lastError"
         FROM webhooks LEFT JOIN webhook_deliveries delivery ON webhook_id = webhooks.id
         GROUP BY webhooks.id ORDER BY webhooks.id`,
        { type: QueryTypes.SELECT },
      ),
    );
    const table = textTable(
      [
        { title: 'ID', align: 'right' },
        { title: 'URL', flexible: true },
        { title: 'EVENTS' },
        { title: 'DELIVERED', align: 'right' },
        { title: 'WAITING', align: 'right' },
        { title: 'GIVEN UP', align: 'right' },
        { title: 'LAST ERROR', flexible: true },
      ],
      webhooks.map(({ id, url, events, delivered, waiting, givenUp, lastError }) => [
        id,
        url,
        events.join(' '),
        ...[delivered, waiting, givenUp].map(String),
        lastError ?? '-',
      ]),
      terminalWidth(),
    );
    await writeOutput(
      given.flag('json')
        ? JSON.stringify({ webhooks })
        : webhooks.length === 0
          ? 'There are no webhooks.'
          : table,
    );
    return exitCodes.done;
  },
};

/** `hotspots webhook remove`. */
export const remove: Command = {
  usage: 'ID',
  options: {},
  positionals: 1,
  run: async (given) => {
    const id = idOf('webhook remove', 'ID', given.positionals[0]);
    if (id === undefined)
      throw usageError('webhook remove', 'The number of a webhook is needed: webhook list.');
    const removed = await withDatabase(({ sequelize }) =>
      sequelize.query('DELETE FROM webhooks WHERE id = $1 RETURNING id', {
        bind: [id],
        type: QueryTypes.SELECT,
      }),
    );
    await writeOutput(removed.length > 0 ? `Webhook ${id} is removed.` : `There is no webhook ${id}.`);
    return exitCodes.done;
  },
};
