import type { Sequelize } from 'sequelize';
import type { AppliedPlan } from '../../../runs/undo.ts';
import { counted } from '../terminal/counted.ts';
import { safeText } from '../terminal/safe-text.ts';
import { style } from '../terminal/style.ts';
import { listSkipped } from './list-skipped.ts';
import { countsLine, type ShowOptions, skippedLine } from './show-plan.ts';

/**
 * What an undo has done, as text or as JSON.
 *
 * @param reached how many records it came to, if it was stopped before the last
 */
export async function showUndone(
  sequelize: Sequelize,
  { plan, run, paused, held }: AppliedPlan,
  reached: { done: number; total: number },
  options: ShowOptions,
): Promise<string> {
  if (options.json) return JSON.stringify({ plan, runId: run.id, paused, held });
  if (plan.state !== 'applied') {
    return [
      style(
        'bold',
        `Stopped after ${reached.done} of ${counted(reached.total, 'record')}, which stay undone.`,
      ),
      `To go on: npm run undo -- --plan=${plan.id} --yes`,
    ].join('\n');
  }
  return [
    style('bold', safeText(`Undone, as run ${run.id} by ${run.actorEmail}.`)),
    `  ${countsLine(plan.counts)}`,
    ...skippedLine(plan.counts, options.listSkipped),
    ...(options.listSkipped ? await listSkipped(sequelize, plan.id) : []),
    ...(held > 0 ? [`  ${counted(held, 'value')} held back: npm run hotspots -- holds`] : []),
    ...(paused === null
      ? []
      : [safeText(`  ${paused} is paused; to crawl it again: npm run hotspots -- resume ${paused}`)]),
    `To undo the undo: npm run undo -- --run=${run.id}`,
  ].join('\n');
}
