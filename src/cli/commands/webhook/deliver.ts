import { deliverWebhooks } from '../../../runs/webhooks.ts';
import { type Command, exitCodes } from '../command.ts';
import { counted } from '../terminal/counted.ts';
import { writeOutput } from '../terminal/write-output.ts';
import { withDatabase } from '../with-database.ts';

/** `hotspots webhook deliver`: for those who run no server. */
export const deliver: Command = {
  name: 'webhook deliver',
  summary: 'Sends what waits to be sent; crawls and the server do it by themselves',
  usage: '',
  options: {},
  positionals: 0,
  examples: [['npm run hotspots -- webhook deliver', 'Tries again what could not be sent before']],
  run: async () => {
    const count = await withDatabase(({ sequelize }) => deliverWebhooks(sequelize));
    await writeOutput(`${counted(count, 'message')} delivered.`);
    return exitCodes.done;
  },
};
