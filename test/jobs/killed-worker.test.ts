import { QueryTypes } from 'sequelize';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { openJobQueue } from '../../src/jobs/open-job-queue.ts';
import { sendJob } from '../../src/jobs/send-job.ts';
import { defineTask } from '../../src/jobs/task.ts';
import { bindModels } from '../../src/models/bind-models.ts';
import { createTestDatabase } from '../helpers/test-database.ts';
import { TestProgram } from '../helpers/test-program.ts';
import { waitForBlocked } from '../helpers/wait-for-blocked.ts';

const program = '../jobs/helpers/worker-program.ts';
/** The advisory lock at which a worker is stopped in the middle of its transaction. */
const barrier = 4712;
const names = ['First', 'Second', 'Third'];

test('of two workers one is killed in the middle of a job: the other does it, once, with one entry for each record', async () => {
  await using database = await createTestDatabase();
  const { sequelize } = database;
  await bindModels(database);
  await sequelize.query(`
    CREATE FUNCTION wait_at_barrier() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.name = 'Third' THEN PERFORM pg_advisory_xact_lock_shared(${barrier}); END IF;
      RETURN NULL;
    END $$;
    CREATE TRIGGER barrier AFTER INSERT ON places FOR EACH ROW EXECUTE FUNCTION wait_at_barrier();
  `);
  const task = defineTask({
    ...{
      name: 'make-places',
      retryDelay: 1,
      summary: 'For tests',
      data: z.strictObject({ names: z.array(z.string()) }),
    },
    run: async () => ({ state: 'done', summary: '' }),
  });
  await using queue = await openJobQueue(database, { tasks: new Map([[task.name, task]]) });
  const environment = { DATABASE_URL: database.url };
  const workers = [new TestProgram(program, { environment }), new TestProgram(program, { environment })];
  try {
    expect(await Promise.all(workers.map((worker) => worker.answer()))).toEqual(['ready', 'ready']);
    const holder = await sequelize.transaction();
    await sequelize.query(`SELECT pg_advisory_xact_lock(${barrier})`, { transaction: holder });
    await sendJob(queue, 'make-places', { names });
    const answers = workers.map(async (worker) => ({ worker, answer: await worker.answer() }));
    const { worker: victim, answer } = await Promise.race(answers);
    expect(answer).toBe('begun');
    await waitForBlocked(sequelize);
    await victim.kill();
    // As if its heartbeat had been missed for long enough already.
    await sequelize.query(
      `UPDATE pgboss.job SET heartbeat_on = heartbeat_on - interval '1 minute' WHERE state = 'active'`,
    );
    await holder.commit();
    const [survivor] = workers.filter((worker) => worker !== victim);
    const left = answers.filter((_, index) => workers[index] === survivor);
    expect(await Promise.all(left)).toMatchObject([{ answer: 'begun' }]);
    expect(await survivor?.answer()).toEqual({ outcome: 'done', summary: 'First Second Third' });

    const rows = await sequelize.query<{ name: string; entries: number; actor: string }>(
      `SELECT places.name, count(*)::int AS entries, min(entry.actor_email) AS actor
       FROM places LEFT JOIN log_entries entry ON entry.model = 'Place' AND entry.object_id = places.id::text
       GROUP BY places.id ORDER BY places.id`,
      { type: QueryTypes.SELECT },
    );
    expect(rows).toEqual(names.map((name) => ({ name, entries: 1, actor: 'system@vibemap.com' })));
  } finally {
    await Promise.all(workers.map((worker) => worker.kill()));
  }
}, 60_000);
