import fc from 'fast-check';
import type { Sequelize } from 'sequelize';
import { describe, expect, test } from 'vitest';
import type { LogProblem } from '../../../src/audit/proof/object-replay.ts';
import { verifyLog } from '../../../src/audit/proof/verify-log.ts';
import { auditlog } from '../../../src/audit/record/auditlog.ts';
import type { UndoSelection } from '../../../src/audit/undo/undo-plan.ts';
import { HotspotsError } from '../../../src/errors.ts';
import { emptyTables } from '../../helpers/empty-tables.ts';
import { useAuditedModels } from '../../helpers/use-audited-models.ts';
import { defineHalls, type Halls } from './halls.ts';
import { checkCounts } from './histories/check-counts.ts';
import { checkRows, refusedRecords } from './histories/check-rows.ts';
import { expectedRows } from './histories/expected-rows.ts';
import { hallRows } from './histories/hall-rows.ts';
import { type History, histories } from './histories/history.ts';
import { writeHistory } from './histories/write-history.ts';
import { type Undone, undo } from './undo-runs.ts';

/**
 * Random histories of records that point to each other, by people and a bot, of which a part is undone. What
 * should come of it is told by other code than the engine's.
 *
 * `HOTSPOTS_TEST_LONG=1` runs for twenty minutes.
 */
const isLong = process.env.HOTSPOTS_TEST_LONG === '1';
const settings = [
  { onDelete: 'NO ACTION', mode: 'without triggers' },
  { onDelete: 'SET NULL', mode: 'with triggers' },
  { onDelete: 'CASCADE', mode: 'with triggers' },
] as const;

describe.each(settings)('an undo in any history, $mode, ON DELETE $onDelete,', ({ mode, onDelete }) => {
  const at = useAuditedModels(mode, (sequelize) => defineHalls(sequelize, onDelete));

  test(
    'leaves what others wrote since, takes the rest back, tells the truth of it, and can be undone',
    async () => {
      const { sequelize, models } = at;
      let changed = 0;
      const property = fc.asyncProperty(histories, async (history) => {
        await emptyTables(sequelize, 'halls', 'shows', 'posters');
        changed += await checkHistory(sequelize, models, history);
      });
      await fc.assert(
        property,
        isLong ? { numRuns: 1e9, interruptAfterTimeLimit: 400_000 } : { numRuns: 35 },
      );
      // Histories in which there was nothing to undo would prove nothing.
      expect(changed).toBeGreaterThan(3);
    },
    isLong ? 500_000 : 120_000,
  );
});

/** @returns how many records the undo changed */
async function checkHistory(sequelize: Sequelize, halls: Halls, history: History): Promise<number> {
  const selection = await writeHistory(sequelize, halls, history);
  const before = await hallRows(halls);
  const expected = await expectedRows(selection, before);
  const first = await undoIfAny(sequelize, selection);
  if (first === null) return 0;
  checkRows(first.steps, before, await hallRows(halls), expected);
  await checkCounts(first);
  expect(await problems(sequelize)).toEqual([]);

  const changed = first.steps.filter(({ state }) => state === 'done').length;
  const second = await undoIfAny(sequelize, { filter: { run: first.runId } });
  expect(second === null).toBe(changed === 0);
  const refused = refusedRecords(second?.steps ?? []);
  const again = await hallRows(halls);
  for (const record of new Set([...before.keys(), ...again.keys()]))
    if (!refused.has(record)) expect([record, again.get(record)]).toEqual([record, before.get(record)]);
  expect(await problems(sequelize)).toEqual([]);
  return changed;
}

async function undoIfAny(sequelize: Sequelize, selection: UndoSelection): Promise<Undone | null> {
  try {
    return await undo(sequelize, selection);
  } catch (error) {
    if (error instanceof HotspotsError && error.code === 'UNDO_NOTHING') return null;
    throw error;
  }
}

async function problems(sequelize: Sequelize): Promise<LogProblem[]> {
  const own = auditlog.registrations().filter(({ model }) => model.sequelize === sequelize);
  const found: LogProblem[] = [];
  await verifyLog(sequelize, own, { onProblem: (problem) => found.push(problem) });
  return found;
}
