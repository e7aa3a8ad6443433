import { createInterface } from 'node:readline/promises';
import type { Sequelize } from 'sequelize';
import { readUndoSteps, type UndoCounts, type UndoPlan } from '../../audit/undo/index.ts';
import { type AppliedPlan, planEffects } from '../../runs/index.ts';
import { counted } from '../../text.ts';
import { usageError } from '../arguments.ts';
import { safeText, style } from '../terminal.ts';

/** From so many records on, a terminal must type their number: a slip must not undo thousands. */
const typedFrom = 500;

/** @throws HotspotsError USAGE where nobody can be asked, or nothing was answered */
export async function askReason(): Promise<string> {
  const reason = process.stdin.isTTY ? (await ask('Why? ')).trim() : '';
  if (reason !== '') return reason;
  throw usageError('undo', 'A reason is needed: --reason="block page read as data".');
}

/**
 * Lets somebody at a terminal type how many records are to be changed. Where there is no terminal, --yes is enough.
 *
 * @throws HotspotsError USAGE when another number was typed
 */
export async function confirmCount(records: number): Promise<void> {
  if (records <= typedFrom || !process.stdin.isTTY) return;
  const typed = (await ask(`This changes ${records} records. Type that number to continue: `)).trim();
  if (typed.replace(/[,.\s]/g, '') === String(records)) return;
  throw usageError('undo', `${JSON.stringify(typed)} is not ${records}, so nothing was changed.`);
}

async function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await lines.question(question);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'AbortError') throw error;
    // Ctrl-C and Ctrl-D are no answer, which the callers have words for.
    process.stderr.write('\n');
    return '';
  } finally {
    lines.close();
  }
}

const pageSize = 1000;

/** Every record that a plan leaves alone, with the reasons. */
export async function listSkipped(sequelize: Sequelize, planId: string): Promise<string[]> {
  const lines: string[] = [];
  for (let after = 0; ; ) {
    const steps = await readUndoSteps(sequelize, planId, { limit: pageSize, after, only: 'conflicts' });
    for (const { model, objectId, objectLabel, conflicts } of steps) {
      lines.push(`    ${safeText(`${model} ${objectId}  ${objectLabel}`)}`);
      for (const { message } of conflicts) lines.push(`      ${safeText(message)}`);
    }
    after = steps.at(-1)?.position ?? after;
    if (steps.length < pageSize) return lines;
  }
}

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
  applying: 'It was started and interrupted; apply it to resume.',
  applied: 'It was carried out.',
  replaced: 'Replaced by another plan.',
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
      `To resume: npm run undo -- --plan=${plan.id} --yes`,
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

/** How far an undo has come, on stderr: one line that is written over on a terminal, plain lines elsewhere. */
export class UndoProgress {
  /** Records, in `total` too. */
  done = 0;
  total = 0;

  show(done: number, total: number): void {
    this.done = done;
    this.total = total;
    const line = `Undoing: ${done} of ${total} records`;
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${line}`);
    else if (done > 0) process.stderr.write(`${line}\n`);
  }

  clear(): void {
    if (this.total > 0 && process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  }
}
