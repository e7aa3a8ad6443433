import { HotspotsError } from '../errors.ts';
import type { Task } from './task.ts';

/** @throws HotspotsError JOB_INVALID when there is no such task, naming those there are */
export function taskNamed(tasks: ReadonlyMap<string, Task>, name: string): Task {
  const task = tasks.get(name);
  if (task !== undefined) return task;
  throw new HotspotsError(
    'JOB_INVALID',
    `There is no task ${JSON.stringify(name)}. Tasks are ${[...tasks.keys()].join(', ')}.`,
  );
}
