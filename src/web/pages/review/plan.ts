import { QueryTypes, type Sequelize } from 'sequelize';
import { auditlog } from '../../../audit/index.ts';
import { describeField, renderValue } from '../../../audit/read/index.ts';
import type { UndoCounts, UndoPlan, UndoStep } from '../../../audit/undo/index.ts';
import { onlyRow } from '../../../database/only-row.ts';
import { findPause, planEffects, Run, roleForPlan } from '../../../runs/index.ts';
import { counted, formatNumber } from '../../../text.ts';
import { type Html, html, value } from '../../html.ts';
import { recordPath } from './entry-list.ts';
import { undoForm } from './undo.ts';

/** How far a plan has come, by what is committed. */
export async function planProgress(sequelize: Sequelize, { id }: UndoPlan): Promise<Html> {
  const { done, total } = onlyRow(
    await sequelize.query<{ done: number; total: number }>(
      `SELECT count(*) FILTER (WHERE state <> 'pending')::int AS done, count(*)::int AS total
     FROM undo_steps WHERE plan_id = $1 AND kind <> 'none'`,
      { bind: [id], type: QueryTypes.SELECT },
    ),
  );
  return html`<p>Undoing: ${formatNumber(done)} of ${formatNumber(total)} records are done.</p>
    <progress max="${total}" value="${done}" aria-label="Records done"></progress>`;
}

/** What a plan comes to, in words that fit before and after: only what there is something of. */
export function planSentence(counts: UndoCounts): string {
  const { restored, fields, recreated, removed, already, skipped } = counts;
  const parts = [
    ...(restored > 0 ? [`${counted(fields, 'field')} of ${counted(restored, 'record')} restored`] : []),
    ...(recreated > 0 ? [`${counted(recreated, 'deleted record')} brought back`] : []),
    ...(removed > 0 ? [`${counted(removed, 'created record')} removed`] : []),
    ...(already > 0 ? [`${counted(already, 'record')} already as before`] : []),
    ...(skipped > 0 ? [`${counted(skipped, 'record')} left alone, ${reasons(counts)}`] : []),
  ];
  return parts.length === 0 ? 'Nothing is left to undo.' : `${parts.join(' · ')}.`;
}

function reasons({ conflictsByActor }: UndoCounts): string {
  const { '': otherwise = 0, ...authors } = conflictsByActor;
  const changed = Object.entries(authors)
    .sort(([, a], [, b]) => b - a)
    .map(([email, count]) => `${email} (${formatNumber(count)})`);
  return [
    ...(changed.length > 0 ? [`changed since by ${changed.join(', ')}`] : []),
    ...(otherwise > 0 ? [`for other reasons (${formatNumber(otherwise)})`] : []),
  ].join('; ');
}

export const longestReason = 1000;

export interface PlanNotice {
  csrf: Html;
  /** Whether this server is carrying it out right now. */
  isBusy: boolean;
  /** Why it was interrupted; undefined when it was not. */
  error: string | undefined;
  mayApply: boolean;
  /** Whether the undo itself may be undone. */
  mayUndo: boolean;
}

/** What would be done by a plan, is being done, or was done, with what can be pressed next. */
export async function planNotice(sequelize: Sequelize, plan: UndoPlan, notice: PlanNotice): Promise<Html> {
  const { csrf, isBusy, error } = notice;
  if (isBusy) {
    return html`<div hx-get="/review/plans/${plan.id}/progress" hx-trigger="every 1s" role="status">${await planProgress(sequelize, plan)}</div>`;
  }
  const problem =
    error === undefined ? '' : html`<p class="problem" role="alert">It was interrupted: ${error}</p>`;
  switch (plan.state) {
    case 'replaced':
      return html`<p class="problem" role="status">Records of this plan were changed since it was made, so nothing was done.
        <a href="/review/plans/${plan.replacedById}" data-key="o">Plan ${plan.replacedById}</a> replaces it: review that one.</p>`;
    case 'planned':
      return html`${problem}<p class="lead">Nothing is changed yet. ${planSentence(plan.counts)}</p>
        ${await applyForm(sequelize, plan, notice)}`;
    case 'applying':
      return html`${problem}${await planProgress(sequelize, plan)}
        <p>What is done is kept. Another process may still be applying it; if not, resume it here.</p>
        ${notice.mayApply ? goOnForm(plan, csrf) : ''}`;
    case 'applied':
      return await doneNotice(sequelize, plan, notice);
  }
}

async function applyForm(
  sequelize: Sequelize,
  plan: UndoPlan,
  { csrf, mayApply }: PlanNotice,
): Promise<Html> {
  const { restored, recreated, removed, entries } = plan.counts;
  const records = restored + recreated + removed;
  if (records === 0) return html`<p>There is nothing to do.</p>`;
  const { paused, held } = await planEffects(sequelize, plan);
  const afterwards = [
    ...(held > 0
      ? [`${counted(held, 'value')} held back, so that the next crawl does not write them again`]
      : []),
    ...(paused === null ? [] : [`${paused} paused, until somebody resumes it`]),
  ];
  const needed = roleForPlan(plan);
  const why = needed === 'admin' ? 'it brings records back or removes some' : 'it changes records';
  return html`${afterwards.length === 0 ? '' : html`<p>Afterwards: ${afterwards.join('; ')}.</p>`}
    ${
      mayApply
        ? html`<form class="stacked narrow" method="post" action="/review/plans/${plan.id}/apply">
      ${csrf}
      <label>Why <input name="reason" required maxlength="${longestReason}" autocomplete="off" autofocus /></label>
      <button class="primary">Undo ${counted(entries, 'change')} in ${counted(records, 'record')}</button>
    </form>`
        : html`<p class="notice">Carrying it out needs the role ${needed}: ${why}.</p>`
    }`;
}

function goOnForm(plan: UndoPlan, csrf: Html): Html {
  return html`<form class="inline" method="post" action="/review/plans/${plan.id}/apply">
    ${csrf}<button class="primary">Resume undo plan ${plan.id}</button>
  </form>`;
}

async function doneNotice(
  sequelize: Sequelize,
  plan: UndoPlan,
  { csrf, mayUndo }: PlanNotice,
): Promise<Html> {
  const run = plan.runId === null ? null : await Run.findByPk(plan.runId);
  const reverted = run?.revertsRunId == null ? null : await Run.findByPk(run.revertsRunId);
  const source = reverted?.sourceName ?? null;
  const pause = source === null ? null : await findPause(sequelize, source);
  const { skipped } = plan.counts;
  return html`<div class="notice" role="status">
      <p><b>Undone.</b> ${planSentence(plan.counts)}</p>
      ${
        run === null
          ? ''
          : html`<p>It is <a href="/review/runs/${run.id}" data-key="o">run ${run.id}</a>${
              reverted === null
                ? ''
                : html` and undoes <a href="/review/runs/${reverted.id}">run ${reverted.id}</a>`
            }.${run.held > 0 ? ` ${counted(run.held, 'value')} held back.` : ''}${
              pause === null ? '' : ` ${pause.sourceName} is paused, until somebody resumes it.`
            }</p>`
      }
      ${skipped > 0 ? html`<p><a href="#left">${counted(skipped, 'record')} left for you</a></p>` : ''}
    </div>
    ${
      run !== null && mayUndo && run.changes > run.undone
        ? html`<div class="actions">${undoForm({ csrf, label: 'Undo this undo…', fields: [['run', run.id]] })}</div>`
        : ''
    }`;
}

const longestValue = 160;
const mostFields = 10;
const effects = { restore: '', recreate: 'returns: ', remove: 'is removed: ', none: '' } as const;

/** Records of a plan, with what happens to each or why it does not. */
export function stepRows(steps: readonly UndoStep[], show: 'changes' | 'conflicts'): Html {
  return html`<ol class="rows">${steps.map(
    (step) => html`<li class="row" data-row><div class="body">
      <a href="${recordPath(step)}" data-open>${step.model} ${step.objectLabel}</a>
      <ul class="changes">${show === 'conflicts' ? conflicts(step) : fields(step)}</ul>
    </div></li>`,
  )}</ol>`;
}

function conflicts(step: UndoStep): Html {
  return html`${step.conflicts.map(
    ({ message, entryId, field, value: present }) => html`<li>${message}
      ${field === null || present === null ? '' : html`It is ${shown(step, field, present, 'plain')} now.`}
      ${entryId === null ? '' : html`<a href="/review/changes/${entryId}">change ${entryId}</a>`}</li>`,
  )}`;
}

function fields(step: UndoStep): Html {
  const more = step.fields.length - mostFields;
  return html`${step.fields
    .slice(0, mostFields)
    .map(
      ({ field, now, was }) =>
        html`<li>${effects[step.kind]}${field}: ${step.kind === 'recreate' ? '' : html`${shown(step, field, now, 'was')} <span aria-hidden="true">→</span> `}${
          step.kind === 'remove' ? '' : shown(step, field, was, 'now')
        }</li>`,
    )}${more > 0 ? html`<li class="faint">and ${more} more</li>` : ''}`;
}

function shown(
  { model }: UndoStep,
  field: string,
  json: UndoStep['fields'][number]['now'],
  kind: 'was' | 'now' | 'plain',
): Html {
  const registration = auditlog.registrations().find(({ modelName }) => modelName === model);
  const description = describeField(registration, field);
  const text = renderValue(json, { model, field, description }, { timeZone: 'UTC' });
  return value(text.length > longestValue ? `${text.slice(0, longestValue)}…` : text, kind);
}
