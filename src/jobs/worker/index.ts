// The face of the worker: schedules, crawls as jobs, and the loop that takes jobs from the queue.

export { type PlannedSchedule, plannedSchedules } from './cron.ts';
export { type PlannedCrawl, runCrawl } from './run-crawl.ts';
export { type ListedSchedule, listSchedules, syncSchedules } from './schedules.ts';
export { startWorker } from './worker.ts';
