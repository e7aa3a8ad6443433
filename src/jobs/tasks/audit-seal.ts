import { z } from 'zod';
import { sealLog } from '../../audit/proof/index.ts';
import { defineTask } from '../task.ts';

/** Seals the log entries since the last seal. */
export const auditSeal = defineTask({
  name: 'audit-seal',
  summary: 'Seals the log entries since the last seal',
  data: z.strictObject({}),
  keyOf: () => 'all',
  run: async (_data, { database: { sequelize } }) => {
    const { seals, last } = await sealLog(sequelize);
    const hash = last === null ? '' : ` The newest hash is ${last.hash.toString('hex')}.`;
    return { state: 'done', summary: `Seals made: ${seals.length}.${hash}` };
  },
});
