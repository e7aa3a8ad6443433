import type { Sequelize } from 'sequelize';
import type { AppliedPlan } from '../../../review/apply-undo-plan.ts';
import { counted } from '../terminal/counted.ts';
import { safeText } from '../terminal/safe-text.ts';
import { style } from '../terminal/style.ts';
import { listSkipped } from './list-skipped.ts';
import { countsLine, type ShowOptions, skippedLine } from './show-plan.ts';

/** What an undo has done, as text or as JSON. */
export async function showUndone(
  sequelize: Sequelize,
  { plan, run, paused, held }: AppliedPlan,
  options: ShowOptions,
): Promise<string> {
  if (options.json) return JSON.stringify({ plan, runId: run.id, paused, held });
  const title =
    plan.state === 'applied'
      ? `Undone, as run ${run.id} by ${run.actorEmail}.`
      : `Stopped. What was done so far stands; to go on: npm run undo -- --plan=${plan.id} --yes --reason="…"`;
  return [
    style('bold', safeText(title)),
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
