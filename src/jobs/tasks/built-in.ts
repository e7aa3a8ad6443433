import { z } from 'zod';
import { currentContext } from '../../audit/index.ts';
import { config } from '../../config.ts';
import { HotspotsError } from '../../errors.ts';
import { User } from '../../records/index.ts';
import { batchedOutcome, defineTask, type TaskOutcome } from '../task.ts';

/** Removes log entries that are older than the retention, but for those that explain how things stood then. */
export const auditPrune = defineTask({
  name: 'audit-prune',
  summary: 'Removes log entries that are older than HOTSPOTS_AUDIT_RETENTION_MONTHS',
  data: z.strictObject({}),
  keyOf: () => 'all',
  run: async (_data, { database: { sequelize } }) => {
    const months = config.auditRetentionMonths;
    if (months === undefined)
      return { state: 'skipped', summary: 'All is kept: HOTSPOTS_AUDIT_RETENTION_MONTHS is not set.' };
    const { pruneLog, retentionStart } = await import('../../audit/proof/index.ts');
    const { firstEntryInUse } = await import('../../runs/index.ts');
    const olderThan = retentionStart(new Date(), months);
    const pruned = await pruneLog(sequelize, { olderThan, keepFrom: await firstEntryInUse(sequelize) });
    const summary =
      pruned === null
        ? `Nothing sealed is older than ${olderThan.toISOString()}.`
        : `${pruned.removedCount} entries removed up to #${pruned.lastId}, ${pruned.keptCount} kept.`;
    return { state: 'done', summary };
  },
});

/** Seals the log entries since the last seal. */
export const auditSeal = defineTask({
  name: 'audit-seal',
  summary: 'Seals the log entries since the last seal',
  data: z.strictObject({}),
  keyOf: () => 'all',
  run: async (_data, { database: { sequelize } }) => {
    const { sealLog } = await import('../../audit/proof/index.ts');
    const { seals, last } = await sealLog(sequelize);
    const hash = last === null ? '' : ` The newest hash is ${last.hash.toString('hex')}.`;
    return { state: 'done', summary: `Seals made: ${seals.length}.${hash}` };
  },
});

/** Marks events that are over. */
export const markPastEventsTask = defineTask({
  name: 'mark-past-events',
  summary: 'Marks events that are over',
  data: z.strictObject({}),
  keyOf: () => 'all',
  run: async (_data, { database: { sequelize }, signal }) => {
    const { markPastEvents } = await import('../../records/operations/index.ts');
    return batchedOutcome(await markPastEvents(sequelize, {}, { signal }));
  },
});

/** Applies an undo plan as the user who queued it; without a plan, resumes interrupted ones. */
export const undoApply = defineTask({
  name: 'undo-apply',
  summary: 'Applies an undo plan, or resumes interrupted ones',
  data: z.strictObject({ planId: z.string().optional(), reason: z.string().optional() }),
  keyOf: ({ planId }) => planId ?? 'interrupted',
  run: async ({ planId, reason = '' }, { database: { sequelize }, signal }): Promise<TaskOutcome> => {
    if (planId === undefined) {
      const { resumeUndoPlans } = await import('../../runs/index.ts');
      const resumed = await resumeUndoPlans(sequelize, { signal });
      return { state: signal.aborted ? 'stopped' : 'done', summary: `${resumed.length} undos resumed` };
    }
    const { applyUndoPlan } = await import('../../runs/index.ts');
    const { run, plan } = await applyUndoPlan(sequelize, planId, {
      by: await actingUser(),
      reason,
      signal,
    });
    const { restored, recreated, removed, skipped } = plan.counts;
    return {
      state: plan.state === 'applied' ? 'done' : 'stopped',
      summary:
        `Run ${run.id}: ${restored} records restored, ${recreated} brought back, ${removed} removed, ` +
        `${skipped} left alone in part.`,
    };
  },
});

async function actingUser(): Promise<User> {
  const actor = await currentContext()?.actor();
  const user = actor?.id == null ? null : await User.findByPk(actor.id);
  if (user !== null) return user;
  throw new HotspotsError(
    'USER_UNKNOWN',
    'An undo needs a user to act as: queue it as a signed-in user, or with --as=EMAIL.',
  );
}

/** Computes the ratings of places that are marked as needing it. */
export const updatePlaceRatingsTask = defineTask({
  name: 'update-place-ratings',
  summary: 'Computes the ratings of places whose sources gave new ones',
  data: z.strictObject({}),
  keyOf: () => 'all',
  run: async (_data, { database: { sequelize }, signal }) => {
    const { updatePlaceRatings } = await import('../../records/operations/index.ts');
    return batchedOutcome(await updatePlaceRatings(sequelize, {}, { signal }));
  },
});

/** Sends what is due to webhooks. What is not taken stays due: it is no failure of the job. */
export const webhook = defineTask({
  name: 'webhook',
  summary: 'Sends what is due to webhooks',
  data: z.strictObject({}),
  keyOf: () => 'all',
  run: async (_data, { database: { sequelize }, signal }) => {
    const { deliverWebhooks } = await import('../../runs/index.ts');
    return { state: 'done', summary: `${await deliverWebhooks(sequelize, { signal })} delivered` };
  },
});
