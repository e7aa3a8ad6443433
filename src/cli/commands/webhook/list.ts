import { QueryTypes } from 'sequelize';
import { type Command, exitCodes } from '../command.ts';
import { terminalWidth } from '../terminal/terminal-width.ts';
import { textTable } from '../terminal/text-table.ts';
import { writeOutput } from '../terminal/write-output.ts';
import { withDatabase } from '../with-database.ts';

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
export const list: Command = {
  name: 'webhook list',
  summary: 'Lists the addresses that are told of runs, and how that goes',
  usage: '[--json]',
  options: { json: { type: 'boolean', help: 'one JSON object on stdout' } },
  positionals: 0,
  examples: [['npm run hotspots -- webhook list', 'Delivered, waiting, given up, and the last error']],
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
        ...[id, url, events.join(' ')],
        ...[delivered, waiting, givenUp].map(String),
        lastError ?? '-',
      ]),
      terminalWidth(),
    );
    await writeOutput(
      given.flag('json')
        ? JSON.stringify({ webhooks })
        : webhooks.length === 0
          ? 'No address is told of runs.'
          : table,
    );
    return exitCodes.done;
  },
};
