import { QueryTypes } from 'sequelize';
import { retentionStart } from '../../audit/proof/index.ts';
import { lastPrune } from '../../audit/read/index.ts';
import { firstEntryInUse } from '../../runs/log-context.ts';
import type { Check } from '../check.ts';

/** The task runs monthly, and removes only what is sealed: what is older by so many days was left over. */
const graceDays = 40;

/** Whether log entries that are to be removed are. */
export const retention: Check = {
  name: 'retention',
  needsTables: true,
  run: async ({ sequelize, now, retentionMonths }) => {
    if (retentionMonths === undefined) return [{ level: 'ok', message: 'Log entries are kept for ever.' }];
    const due = new Date(retentionStart(now(), retentionMonths).getTime() - graceDays * 24 * 60 * 60 * 1000);
    const pruned = await lastPrune(sequelize);
    const [left] = await sequelize.query<{ timestamp: Date }>(
      `SELECT timestamp FROM log_entries WHERE timestamp < $1 AND id > $2 AND id < coalesce($3::bigint, id + 1)
       ORDER BY timestamp, id LIMIT 1`,
      {
        bind: [due, pruned?.lastId ?? '0', await firstEntryInUse(sequelize)],
        type: QueryTypes.SELECT,
      },
    );
    const last = pruned === null ? 'never yet' : `on ${pruned.prunedAt.toISOString().slice(0, 10)}`;
    const months = `${retentionMonths} month${retentionMonths === 1 ? '' : 's'}`;
    const rule = `Log entries are kept for ${months}; older ones were removed ${last}`;
    if (left === undefined) return [{ level: 'ok', message: `${rule}.` }];
    return [
      {
        level: 'problem',
        message: `${rule}, and there are some of ${left.timestamp.toISOString().slice(0, 10)}.`,
        mend: 'Keep a worker running, or: npm run hotspots -- audit seal, then npm run hotspots -- jobs run audit-prune',
      },
    ];
  },
};
