import { describe, it } from 'vitest';
import { useAuditedModels } from '../../helpers/use-audited-models.ts';
import { defineHalls } from './halls.ts';
import { inRun, undo } from './undo-runs.ts';
import { hallRows } from './histories/hall-rows.ts';
import { checkCounts } from './histories/check-counts.ts';
import { LogEntry } from '../../../src/audit/log-entry.ts';

describe.each([{ onDelete: 'NO ACTION', mode: 'without triggers' },
  { onDelete: 'SET NULL', mode: 'with triggers' },
  { onDelete: 'CASCADE', mode: 'with triggers' },] as const)('cycle %o', ({ mode, onDelete }) => {
  const at = useAuditedModels(mode, (s) => defineHalls(s, onDelete));
  it('cycle', async () => {
    const { Hall } = at.models;
    const bad = await inRun(at.sequelize, 'bot', async () => {
      await Hall.create({ id: 3 });
      await Hall.create({ id: 2, parentId: 3 });
      await Hall.update({ parentId: 2 }, { where: { id: 3 } });
    });
    const first = await undo(at.sequelize, { filter: { run: bad } });
    for (const e of await LogEntry.findAll({order:['id'], raw: true})) console.log(JSON.stringify(e));
    const again = await undo(at.sequelize, { filter: { run: first.runId } });
    console.log(onDelete, JSON.stringify(again.plan.counts), JSON.stringify(again.steps), await hallRows(at.models));
    await checkCounts(first);
  });
});
