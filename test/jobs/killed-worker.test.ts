import { QueryTypes } from 'sequelize';
import { expect, test } from 'vitest';
import { openJobQueue, sendJob } from '../../src/jobs/queue.ts';
import { startWorker } from '../../src/jobs/worker/worker.ts';
import { bindModels } from '../../src/models.ts';
import { createTestDatabase } from '../helpers/test-database.ts';
import { TestProgram } from '../helpers/test-program.ts';
import { waitFor } from '../helpers/wait-for.ts';
import { waitForBlocked } from '../helpers/wait-for-blocked.ts';
import { makePlaces } from './helpers/make-places.ts';

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
  const victim = new TestProgram('../jobs/helpers/worker-program.ts', {
    environment: { DATABASE_URL: database.url },
  });
  let begun = 0;
  const tasks = makePlaces(() => {
    begun += 1;
  });
  await using queue = await openJobQueue(database, { tasks });
  try {
    expect(await victim.answer()).toBe('ready');
    const holder = await sequelize.transaction();
    await sequelize.query(`SELECT pg_advisory_xact_lock(${barrier})`, { transaction: holder });
    await sendJob(queue, 'make-places', { names });
    expect(await victim.answer()).toBe('begun');
    await waitForBlocked(sequelize);

    const ended: { outcome: string; summary: string }[] = [];
    await using _other = await startWorker(database, {
      tasks,
      pollingSeconds: 0.5,
      heartbeatSeconds: 10,
      superviseSeconds: 1,
      onEnd: (end) => ended.push(end),
    });
    await sendJob(queue, 'make-places', { names: [] });
    await waitFor('the other worker to do what is free', () => ended.length === 1);
    // The victim's is left to it as long as it lives.
    expect(begun).toBe(1);
    await victim.kill();
    // As if its heartbeat had been missed for long enough already.
    await sequelize.query(
      `UPDATE pgboss.job SET heartbeat_on = heartbeat_on - interval '1 minute' WHERE state = 'active'`,
    );
    await holder.commit();
    await waitFor('the job to be done', () => ended.length === 2);
    expect(ended[1]).toMatchObject({ outcome: 'done', summary: 'First Second Third' });

    const rows = await sequelize.query<{ name: string; entries: number; actor: string }>(
      `SELECT places.name, count(*)::int AS entries, min(entry.actor_email) AS actor
       FROM places LEFT JOIN log_entries entry ON entry.model = 'Place' AND entry.object_id = places.id::text
       GROUP BY places.id ORDER BY places.id`,
      { type: QueryTypes.SELECT },
    );
    expect(rows).toEqual(names.map((name) => ({ name, entries: 1, actor: 'system@vibemap.com' })));
    expect(begun).toBe(2);
  } finally {
    await victim.kill();
  }
});
