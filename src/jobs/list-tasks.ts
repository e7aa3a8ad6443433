import { countJobs, type JobCounts } from './count-jobs.ts';
import type { JobQueue } from './open-job-queue.ts';

/** A task as people see it: what it does, and how many jobs of it there are. */
export interface ListedTask extends JobCounts {
  readonly summary: string;
}

/** Every task there is, and those that are not there any more but had jobs in the time for which these are kept. */
export async function listTasks({ sequelize, tasks }: JobQueue): Promise<ListedTask[]> {
  const counts = new Map((await countJobs(sequelize)).map((count) => [count.task, count]));
  const none = { waiting: 0, deferred: 0, active: 0, completed: 0, failed: 0 };
  const present = [...tasks.values()].map(({ name, summary }) => ({
    ...{ task: name, summary },
    ...(counts.get(name) ?? none),
  }));
  const former = [...counts.values()].filter(({ task }) => !tasks.has(task));
  return [...present, ...former.map((count) => ({ ...count, summary: 'Not there any more' }))];
}
