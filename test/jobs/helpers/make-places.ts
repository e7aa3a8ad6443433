import { z } from 'zod';
import { defineTask, type Task } from '../../../src/jobs/task.ts';
import { Place } from '../../../src/records/place.ts';

/** A task that makes places in one transaction, as the only one of a worker. */
export function makePlaces(onBegin: () => void): ReadonlyMap<string, Task> {
  const task = defineTask({
    name: 'make-places',
    summary: 'For tests',
    retryDelay: 1,
    data: z.strictObject({ names: z.array(z.string()) }),
    run: async ({ names }, { database: { sequelize } }) => {
      onBegin();
      await sequelize.transaction(async (transaction) => {
        for (const name of names) await Place.create({ name }, { transaction });
      });
      return { state: 'done', summary: names.join(' ') };
    },
  });
  return new Map([[task.name, task]]);
}
