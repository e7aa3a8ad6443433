import { Gauge, type Registry } from 'prom-client';
import type { Sequelize } from 'sequelize';
import { countDeadLetters } from '../../jobs/count-dead-letters.ts';
import { countJobs } from '../../jobs/count-jobs.ts';
import { countLiveWorkers } from '../../jobs/count-live-workers.ts';
import { hasJobQueue } from '../../jobs/has-job-queue.ts';

/**
 * Adds jobs by task and state, those that failed for good, and workers.
 *
 * @returns brings them up to date
 */
export function jobMetrics(registry: Registry, sequelize: Sequelize): () => Promise<void> {
  const registers = [registry];
  const jobs = new Gauge({
    name: 'hotspots_jobs',
    help: 'Jobs by task and state; those that ended are kept for 30 days.',
    labelNames: ['task', 'state'] as const,
    registers,
  });
  const dead = new Gauge({
    name: 'hotspots_dead_jobs',
    help: 'Jobs that failed for good and were not sent again.',
    registers,
  });
  const workers = new Gauge({
    name: 'hotspots_workers',
    help: 'Workers that run, on all machines.',
    registers,
  });

  return async () => {
    if (!(await hasJobQueue(sequelize))) return;
    const counts = await countJobs(sequelize);
    dead.set(await countDeadLetters(sequelize));
    workers.set(await countLiveWorkers(sequelize));
    jobs.reset();
    for (const { task, ...states } of counts)
      for (const [state, count] of Object.entries(states)) jobs.set({ task, state }, count);
  };
}
