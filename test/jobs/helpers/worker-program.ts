import { once } from 'node:events';
import { z } from 'zod';
import { openDatabase } from '../../../src/database/open-database.ts';
import { startWorker } from '../../../src/jobs/start-worker.ts';
import { defineTask } from '../../../src/jobs/task.ts';
import { bindModels } from '../../../src/models/bind-models.ts';
import { Place } from '../../../src/models/place.ts';

/** A worker in a process of its own, whose only task makes places. Says what it begins and ends. */
const makePlaces = defineTask({
  name: 'make-places',
  retryDelay: 1,
  summary: 'For tests',
  data: z.strictObject({ names: z.array(z.string()) }),
  run: async ({ names }, { database: { sequelize } }) => {
    process.stdout.write('"begun"\n');
    await sequelize.transaction(async (transaction) => {
      for (const name of names) await Place.create({ name }, { transaction });
    });
    return { state: 'done', summary: names.join(' ') };
  },
});

await using database = await openDatabase({ poolSize: 3, migrate: false });
await bindModels(database);
await using _worker = await startWorker(database, {
  tasks: new Map([[makePlaces.name, makePlaces]]),
  ...{ pollingSeconds: 0.5, heartbeatSeconds: 10, superviseSeconds: 1 },
  onEnd: ({ outcome, summary }) => process.stdout.write(`${JSON.stringify({ outcome, summary })}\n`),
});
process.stdout.write('"ready"\n');
await once(process.stdin.resume(), 'end');
