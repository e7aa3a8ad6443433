import type { Task } from './task.ts';
import {
  auditPrune,
  auditSeal,
  markPastEventsTask,
  undoApply,
  updatePlaceRatingsTask,
  webhook,
} from './tasks/built-in.ts';
import { crawlTask } from './tasks/crawl.ts';

/** Every task by its name. The only list of them: a new task is added here. */
export const tasks: ReadonlyMap<string, Task> = new Map(
  [crawlTask, updatePlaceRatingsTask, markPastEventsTask, auditSeal, auditPrune, webhook, undoApply].map(
    (task) => [task.name, task],
  ),
);
