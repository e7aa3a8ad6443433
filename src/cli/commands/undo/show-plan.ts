import type { Sequelize } from 'sequelize';
import type { UndoCounts, UndoPlan } from '../../../audit/undo/index.ts';
import { planEffects } from '../../../runs/undo.ts';
import { counted } from '../terminal/counted.ts';
import { safeText } from '../terminal/safe-text.ts';
import { style } from '../terminal/style.ts';
import { listSkipped } from './list-skipped.ts';

export interface ShowOptions {
  json: boolean;
  listSkipped: boolean;
  /** The option by which somebody was named, to be given again. */
  as: string | undefined;
  /** The e-mail of who acts. */
  by: string;
}

/** A plan as text, with the command that carries it out, or as JSON. */
export async function showPlan(sequelize: Sequelize, plan: UndoPlan, options: ShowOptions): Promise<string> {
  const effects = await planEffects(sequelize, plan);
  if (options.json) return JSON.stringify({ plan, effects });
  const { counts } = plan;
  const writes = counts.restored + counts.recreated + counts.removed;
  const afterwards = [
    ...(effects.paused === null ? [] : [`${effects.paused} paused`]),
    ...(effects.held > 0 ? [`${counted(effects.held, 'value')} held back`] : []),
  ];
  return [
    style(
      'bold',
      `Plan ${plan.id}. ${plan.state === 'planned' ? 'Nothing is changed yet.' : stateWords[plan.state]}`,
    ),
    `  ${countsLine(counts)}`,
    ...skippedLine(counts, options.listSkipped),
    ...(options.listSkipped ? await listSkipped(sequelize, plan.id) : []),
    ...(afterwards.length > 0 && writes > 0 ? [`  afterwards: ${safeText(afterwards.join(', '))}`] : []),
    ...applyLines(plan, options),
  ].join('\n');
}

function applyLines({ id, state, counts }: UndoPlan, { as, by }: ShowOptions): string[] {
  // Who began it, and why, is known.
  if (state === 'applying') return [`Apply:  npm run undo -- --plan=${id} --yes`];
  if (counts.records === 0)
    return ['There is nothing to apply: what was made or deleted is undone as a whole, without --field.'];
  if (state !== 'planned' || counts.restored + counts.recreated + counts.removed === 0)
    return ['There is nothing to apply.'];
  return [
    `Apply:  npm run undo -- --plan=${id} --yes --reason="…"${as === undefined ? '' : safeText(` --as=${as}`)}`,
    ...(as === undefined ? [style('dim', `        as ${safeText(by)}; --as=EMAIL names somebody else`)] : []),
  ];
}

const stateWords = {
  applying: 'It was begun and interrupted; apply it to go on.',
  applied: 'It was carried out.',
  replaced: 'Another plan took its place.',
} as const;

/** What happens, in numbers. */
export function countsLine({ restored, fields, recreated, removed, already }: UndoCounts): string {
  return [
    `${restored} restored${fields > restored ? ` (${fields} fields)` : ''}`,
    `${recreated} un-deleted`,
    `${removed} new removed`,
    `${already} already undone`,
  ].join(' · ');
}

/** What is left alone, by who changed it since. */
export function skippedLine({ skipped, conflictsByActor }: UndoCounts, listed: boolean): string[] {
  if (skipped === 0) return [];
  const authors = Object.entries(conflictsByActor)
    .sort(([, a], [, b]) => b - a)
    .filter(([email]) => email !== '')
    .map(([email, count]) => `${email} (${count})`);
  const other = conflictsByActor[''] ?? 0;
  const why = [
    ...(authors.length > 0 ? [`changed since: ${authors.join(', ')}`] : []),
    ...(other > 0 ? [`for other reasons (${other})`] : []),
  ];
  return [`  ${skipped} skipped, ${safeText(why.join('; '))}${listed ? '' : '   (--list-skipped)'}`];
}
