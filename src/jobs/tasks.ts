import type { Task } from './task.ts';
import { auditPrune } from './tasks/audit-prune.ts';
import { auditSeal } from './tasks/audit-seal.ts';
import { crawl } from './tasks/crawl.ts';
import { markPastEventsTask } from './tasks/mark-past-events.ts';
import { undoApply } from './tasks/undo-apply.ts';
import { updatePlaceRatingsTask } from './tasks/update-place-ratings.ts';
import { webhook } from './tasks/webhook.ts';

/** Every task by its name. The only list of them: a new task is added here. */
export const tasks: ReadonlyMap<string, Task> = new Map(
  [crawl, updatePlaceRatingsTask, markPastEventsTask, auditSeal, auditPrune, webhook, undoApply].map(
    (task) => [task.name, task],
  ),
);
