import { randomUUID } from 'node:crypto';
import { type ContextDetails, outsideContext, withSystemActor, withUserActor } from '../audit/index.ts';
import { HotspotsError } from '../errors.ts';
import { User } from '../records/user.ts';
import { type JobEnvelope, jobEnvelopeSchema } from './job-envelope.ts';
import type { Task, TaskContext, TaskOutcome } from './task.ts';

/**
 * Does one job: as the user who queued it, else as the system user. Whatever context the caller is in, as a loop that
 * somebody's request has started, does not reach the job.
 *
 * @param envelope as it was stored
 * @throws HotspotsError JOB_INVALID when it is not one that `sendJob` has made; USER_INACTIVE when the user may not act
 *   any more; whatever the task throws
 */
export function runJob(task: Task, envelope: unknown, context: TaskContext): Promise<TaskOutcome> {
  return outsideContext(async () => {
    const { data, actor, correlationId } = readEnvelope(task, envelope);
    const details: ContextDetails = {
      correlationId: correlationId ?? randomUUID(),
      extra: { task: task.name },
    };
    const perform = () => task.perform(data, context);
    if (actor === null) return await withSystemActor(perform, details);
    return await withUserActor(await activeUser(actor), perform, details);
  });
}

function readEnvelope({ name }: Task, envelope: unknown): JobEnvelope {
  const read = jobEnvelopeSchema.safeParse(envelope);
  if (read.success) return read.data;
  throw new HotspotsError(
    'JOB_INVALID',
    `A job of the task ${name} says neither its data nor who queued it. Send jobs with sendJob or: hotspots jobs send ${name}.`,
  );
}

async function activeUser({ id, email }: NonNullable<JobEnvelope['actor']>): Promise<User> {
  const user = await User.findByPk(id);
  if (user?.isActive === true) return user;
  throw new HotspotsError(
    'USER_INACTIVE',
    `The job was queued by ${email}, who is ${user === null ? 'no user any more' : 'deactivated'} and cannot act. ` +
      'Nothing was done. Activate the user and retry the job, or send it anew.',
  );
}
