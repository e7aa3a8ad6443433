import type { Sequelize } from 'sequelize';
import { HotspotsError } from '../../errors.ts';
import { currentContext, runInContext } from '../actors.ts';
import { resolveContext } from '../context.ts';
import { logActions } from '../log-entry.ts';
import { insertLogEntries } from './entries.ts';

/**
 * Runs `fn` without recording what it writes, for seeding and repairs. That this was done, by whom and why,
 * is itself recorded first, as an entry of the model "withoutAudit".
 *
 * @throws HotspotsError AUDIT_NO_ACTOR outside an actor context: somebody must answer for it.
 * @throws HotspotsError AUDIT_OPTION_INVALID for an empty reason.
 */
export async function withoutAudit<Result>(
  sequelize: Sequelize,
  reason: string,
  fn: () => Result | PromiseLike<Result>,
): Promise<Result> {
  const context = currentContext();
  if (context === undefined) {
    throw new HotspotsError(
      'AUDIT_NO_ACTOR',
      'withoutAudit was called outside an actor context, so nobody would answer for it. Nothing was done. ' +
        'Wrap the call in withUserActor(user, fn) or withSystemActor(fn).',
    );
  }
  if (reason.trim() === '') {
    throw new HotspotsError('AUDIT_OPTION_INVALID', 'withoutAudit needs a reason; the one given is empty.');
  }
  const entry = {
    action: logActions.indexOf('access'),
    model: 'withoutAudit',
    objectId: crypto.randomUUID(),
    objectLabel: reason,
    changes: {},
    snapshot: null,
  };
  await sequelize.transaction(async (transaction) =>
    insertLogEntries(sequelize, [{ ...entry, context: await resolveContext(context) }], transaction),
  );
  return runInContext({ ...context, withoutAudit: reason }, fn);
}
