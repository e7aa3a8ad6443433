import { z } from 'zod';
import { HotspotsError } from '../errors.ts';
import type { Task } from './task.ts';

/** The data of a job as it was given. @throws HotspotsError JOB_INVALID, naming each field that the task cannot use */
export function checkData({ name, data: schema }: Task, data: unknown): void {
  const checked = schema.safeParse(data);
  if (checked.success) return;
  throw new HotspotsError(
    'JOB_INVALID',
    `The task ${name} was given data that it cannot use:\n${z.prettifyError(checked.error)}`,
  );
}
