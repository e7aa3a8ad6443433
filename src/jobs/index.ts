// The face of the background: the queue, its workers, tasks and schedules.
export {
  countJobs,
  countJobsWaitingSince,
  countLiveWorkers,
  type EndedJob,
  type ListedTask,
  listTasks,
} from './counts.ts';
export {
  countDeadLetters,
  type DeadLetter,
  discardDeadLetters,
  listDeadLetters,
  retryDeadLetters,
} from './dead-letters.ts';
export { hasJobQueue, type JobQueue, openJobQueue, sendJob } from './queue.ts';
export { runJob } from './run-job.ts';
export { checkData, taskNamed } from './task.ts';
export { tasks } from './tasks.ts';
