import { QueryTypes } from 'sequelize';
import { idOf } from '../arguments/id-of.ts';
import { usageError } from '../arguments/parse-arguments.ts';
import { type Command, exitCodes } from '../command.ts';
import { writeOutput } from '../terminal/write-output.ts';
import { withDatabase } from '../with-database.ts';

/** `hotspots webhook remove`. */
export const remove: Command = {
  name: 'webhook remove',
  summary: 'Tells an address no more',
  usage: 'ID',
  options: {},
  positionals: 1,
  examples: [['npm run hotspots -- webhook remove 1', 'What is still waiting for it is dropped']],
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
