import type { Schedule } from '../crawl/source.ts';

/** When tasks are done unless `crawlers/sources.yaml` says otherwise. In UTC. */
export const taskSchedules: Readonly<Record<string, Schedule>> = {
  webhook: { cron: '* * * * *' },
  'undo-apply': { cron: '*/5 * * * *' },
  'mark-past-events': { cron: '5 * * * *' },
  'audit-seal': { cron: '*/15 * * * *' },
  'audit-prune': { cron: '40 3 2 * *' },
  'update-place-ratings': { cron: '20 3 * * *' },
};
