import { z } from 'zod';
import { pruneLog, retentionStart } from '../../audit/proof/index.ts';
import { config } from '../../config.ts';
import { firstEntryInUse } from '../../runs/log-context.ts';
import { defineTask } from '../task.ts';

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
    const olderThan = retentionStart(new Date(), months);
    const pruned = await pruneLog(sequelize, { olderThan, keepFrom: await firstEntryInUse(sequelize) });
    const summary =
      pruned === null
        ? `Nothing sealed is older than ${olderThan.toISOString()}.`
        : `${pruned.removedCount} entries removed up to #${pruned.lastId}, ${pruned.keptCount} kept.`;
    return { state: 'done', summary };
  },
});
