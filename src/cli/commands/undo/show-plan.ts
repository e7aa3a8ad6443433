import type { Sequelize } from 'sequelize';
import type { UndoCounts, UndoPlan } from '../../../audit/undo/undo-plan.ts';
import { planEffects } from '../../../review/plan-effects.ts';
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
  const as = options.as === undefined ? '' : ` --as=${options.as}`;
  return [
    style(
      'bold',
      `Plan ${plan.id}. ${plan.state === 'planned' ? 'Nothing is changed yet.' : stateWords[plan.state]}`,
    ),
    `  ${countsLine(counts)}`,
    ...skippedLine(counts, options.listSkipped),
    ...(options.listSkipped ? await listSkipped(sequelize, plan.id) : []),
    ...(afterwards.length > 0 && writes > 0 ? [`  afterwards: ${safeText(afterwards.join(', '))}`] : []),
    ...(plan.state === 'planned' && writes > 0
      ? [
          `Apply:  npm run undo -- --plan=${plan.id} --yes --reason="…"${safeText(as)}`,
          ...(options.as === undefined
            ? [style('dim', `        as ${safeText(options.by)}; --as=EMAIL names somebody else`)]
            : []),
        ]
      : [
          counts.records === 0
            ? 'There is nothing to apply: what was made or deleted is undone as a whole, without --field.'
            : 'There is nothing to apply.',
        ]),
  ].join('\n');
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
    .map(([email, count]) => `${email === '' ? 'unknown' : email} (${count})`);
  return [
    `  ${skipped} skipped, changed since: ${safeText(authors.join(', '))}${listed ? '' : '   (--list-skipped)'}`,
  ];
}
