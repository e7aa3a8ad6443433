import fc from 'fast-check';
import type { Sequelize } from 'sequelize';
import { describe, expect, test } from 'vitest';
import type { UndoSelection } from '../../../src/audit/undo/undo-plan.ts';
import { HotspotsError } from '../../../src/errors.ts';
import { emptyTables } from '../../helpers/empty-tables.ts';
import { useAuditedModels } from '../../helpers/use-audited-models.ts';
import { defineHalls } from './halls.ts';
import { hallRows } from './histories/hall-rows.ts';
import { type Deed, histories } from './histories/history.ts';
import { writeHistory } from './histories/write-history.ts';
import { undo } from './undo-runs.ts';

/** The second run begins when the first has ended. */
const oneAfterTheOther = histories.map(({ deeds }): readonly Deed[] =>
  deeds.map(({ hand, writes }, index) => {
    const run = index < deeds.length / 2 ? 'botInFirstRun' : 'botInSecondRun';
    return { writes, hand: hand === 'botInFirstRun' || hand === 'botInSecondRun' ? run : hand };
  }),
);

describe('two runs, one after the other,', () => {
  const at = useAuditedModels('with triggers', (sequelize) => defineHalls(sequelize, 'SET NULL'));

  test('are undone in turn, the later first, with the same outcome as at once', async () => {
    const { sequelize, models } = at;
    let undone = 0;
    const outcome = async (deeds: readonly Deed[], isInTurn: boolean) => {
      await emptyTables(sequelize, 'halls', 'shows', 'posters');
      const { filter } = await writeHistory(sequelize, models, { deeds, selection: 'both runs' });
      const runs = [filter?.run ?? []].flat().reverse();
      const selections: UndoSelection[] = isInTurn
        ? runs.map((run) => ({ filter: { run } }))
        : [{ filter: { run: runs } }];
      let isComparable = true;
      for (const selection of selections) {
        const steps = await undoIfAny(sequelize, selection);
        undone += steps.filter(({ state }) => state === 'done').length;
        // Records that are kept as a whole: at another time they may go, and what a run changed back is an edit too.
        isComparable &&= steps.every(({ conflicts }) => conflicts.every(({ field }) => field !== null));
      }
      return { rows: Object.fromEntries(await hallRows(models)), isComparable };
    };
    const property = fc.asyncProperty(oneAfterTheOther, async (deeds) => {
      const atOnce = await outcome(deeds, false);
      const inTurn = await outcome(deeds, true);
      if (atOnce.isComparable && inTurn.isComparable) expect(inTurn.rows).toEqual(atOnce.rows);
    });
    await fc.assert(property, { numRuns: 30 });
    expect(undone).toBeGreaterThan(3);
  }, 120_000);
});

async function undoIfAny(sequelize: Sequelize, selection: UndoSelection) {
  try {
    return (await undo(sequelize, selection)).steps;
  } catch (error) {
    if (error instanceof HotspotsError && error.code === 'UNDO_NOTHING') return [];
    throw error;
  }
}
