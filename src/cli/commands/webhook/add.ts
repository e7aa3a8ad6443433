import { randomBytes } from 'node:crypto';
import { QueryTypes } from 'sequelize';
import { z } from 'zod';
import { webhookEvents } from '../../../runs/webhooks.ts';
import { choice } from '../arguments/choice.ts';
import { usageError } from '../arguments/parse-arguments.ts';
import { type Command, exitCodes } from '../command.ts';
import { writeOutput } from '../terminal/write-output.ts';
import { withDatabase } from '../with-database.ts';

/** `hotspots webhook add`: tells an address of runs from now on. */
export const add: Command = {
  name: 'webhook add',
  summary: 'Tells an address of runs: finished, flagged, undone',
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
  examples: [
    [
      'npm run hotspots -- webhook add https://chat.example.org/hooks/1 --event=run.flagged',
      'Prints the secret that messages are signed with (Standard Webhooks); the server itself asks the address',
    ],
  ],
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
      .map((event) => choice('webhook add', '--event', event, webhookEvents) ?? '');
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
        'That address is told already. To change it, remove it first: webhook list.',
      );
    await writeOutput(`Webhook ${row.id}. Its secret, shown only now: ${secret}`);
    return exitCodes.done;
  },
};
