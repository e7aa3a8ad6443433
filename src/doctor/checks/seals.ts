import { QueryTypes } from 'sequelize';
import type { Check } from '../check.ts';

/** How long an entry may stand unsealed, in days: a worker seals every 15 minutes, a crontab may do it nightly. */
const patienceDays = 2;

interface SealState {
  sealedAt: Date | null;
  /** When the oldest entry was written that no seal covers; null when all are sealed. */
  unsealedSince: Date | null;
}

/** How old the newest seal is, and whether entries wait for one. */
export const seals: Check = {
  name: 'seals',
  needsTables: true,
  run: async ({ sequelize, now }) => {
    const [state] = await sequelize.query<SealState>(
      `SELECT seal.sealed_at AS "sealedAt", entry.timestamp AS "unsealedSince"
       FROM (SELECT) one
       LEFT JOIN LATERAL (SELECT sealed_at, last_id FROM log_seals ORDER BY id DESC LIMIT 1) seal ON true
       LEFT JOIN LATERAL (
         SELECT timestamp FROM log_entries WHERE id > coalesce(seal.last_id, 0) ORDER BY id LIMIT 1
       ) entry ON true`,
      { type: QueryTypes.SELECT },
    );
    const { sealedAt = null, unsealedSince = null } = state ?? {};
    const last =
      sealedAt === null
        ? 'The log was never sealed'
        : `The log was last sealed at ${sealedAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
    const overdue = now().getTime() - patienceDays * 24 * 60 * 60 * 1000;
    if (unsealedSince === null || unsealedSince.getTime() >= overdue)
      return [{ level: 'ok', message: `${last}; no entry has waited for long.` }];
    return [
      {
        level: 'problem',
        message: `${last}; entries since ${unsealedSince.toISOString().slice(0, 10)} could be changed without a trace.`,
        mend: 'Keep a worker running, or: npm run hotspots -- audit seal',
      },
    ];
  },
};
