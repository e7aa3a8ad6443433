import { filterFromQuery } from '../../audit/reading/filter-from-query.ts';
import { readUndoPlan } from '../../audit/undo/read-undo-plan.ts';
import { readUndoSteps } from '../../audit/undo/read-undo-steps.ts';
import type { UndoPlan, UndoStep } from '../../audit/undo/undo-plan.ts';
import { type UndoSelection, undoSelectionSchema } from '../../audit/undo/undo-selection.ts';
import { HotspotsError } from '../../errors.ts';
import { hasRole } from '../../models/has-role.ts';
import { Run } from '../../models/run.ts';
import { planEffects } from '../../review/plan-effects.ts';
import { planUndoOf } from '../../review/plan-undo-of.ts';
import { roleForPlan } from '../../review/role-for-plan.ts';
import { csrfField } from '../csrf-field.ts';
import { formFields } from '../form-fields.ts';
import { type Html, html } from '../html.ts';
import { sendPage } from '../page.ts';
import type { PagePlugin } from '../page-options.ts';
import { signedInUser } from '../sign-in/signed-in-user.ts';
import { planProgress } from './plan-progress.ts';
import { planSentence } from './plan-sentence.ts';
import { stepRows } from './plan-steps.ts';
import { queryOf } from './query-of.ts';
import { counted, moment, number } from './show.ts';
import { undoForm } from './undo-form.ts';
import { UndoWorker } from './undo-worker.ts';

const pageSize = 50;
const longestReason = 1000;

interface PlanRoute {
  Params: { id: string };
}

/** /review/plans: what an undo would do, is doing, and has done. */
export const planPage: PagePlugin = async (app, { database: { sequelize } }) => {
  const worker = new UndoWorker(sequelize);
  app.addHook('onReady', () => {
    // Not waited for: the pages must not be held up by a long undo.
    void worker.resume();
  });
  app.addHook('preClose', () => worker.close());

  app.post('/review/plans', { config: { access: 'editor' } }, async (request, reply) => {
    const plan = await planUndoOf(sequelize, selectionOf(formFields(request)), signedInUser(request));
    return reply.redirect(`/review/plans/${plan.id}`, 303);
  });

  app.get<PlanRoute>('/review/plans/:id', { config: { access: 'viewer' } }, async (request, reply) => {
    const plan = await readUndoPlan(sequelize, request.params.id);
    const after = Number(queryOf(request).get('after') ?? 0);
    const page = { limit: pageSize + 1, after: Number.isSafeInteger(after) ? after : 0 };
    const [conflicts, changes] = await Promise.all([
      readUndoSteps(sequelize, plan.id, { limit: pageSize, only: 'conflicts' }),
      readUndoSteps(sequelize, plan.id, { ...page, only: 'changes' }),
    ]);
    const user = signedInUser(request);
    const body = html`<h1>Undo plan ${plan.id}</h1>
      <p class="faint">Made by ${plan.createdByEmail}, ${moment(plan.createdAt)}</p>
      ${await planState(plan, { csrf: csrfField(reply), mayApply: hasRole(user, roleForPlan(plan)), mayUndo: hasRole(user, 'editor') })}
      ${stepLists(plan, conflicts, changes)}`;
    const isApplying = plan.state === 'applying';
    return sendPage(request, reply, {
      title: `Undo plan ${plan.id}`,
      current: 'runs',
      body,
      ...(isApplying && { refresh: 2 }),
    });
  });

  app.get<PlanRoute>(
    '/review/plans/:id/progress',
    { config: { access: 'viewer' } },
    async (request, reply) => {
      const plan = await readUndoPlan(sequelize, request.params.id);
      // Whatever it has become, the whole page shows it.
      if (plan.state !== 'applying') reply.header('hx-refresh', 'true');
      return reply.type('text/html; charset=utf-8').send(String(await planProgress(sequelize, plan)));
    },
  );

  app.post<PlanRoute>('/review/plans/:id/apply', { config: { access: 'editor' } }, async (request, reply) => {
    const plan = await readUndoPlan(sequelize, request.params.id);
    const user = signedInUser(request);
    const needed = roleForPlan(plan);
    if (!hasRole(user, needed)) {
      throw new HotspotsError(
        'FORBIDDEN',
        `This plan undoes creations or deletions, which needs the role ${needed}; ${user.email} has the role ${user.role}.`,
      );
    }
    if (plan.state === 'planned' || plan.state === 'applying')
      worker.start(plan.id, user, reasonOf(formFields(request)));
    return reply.redirect(`/review/plans/${plan.id}`, 303);
  });

  async function planState(
    plan: UndoPlan,
    { csrf, mayApply, mayUndo }: { csrf: Html; mayApply: boolean; mayUndo: boolean },
  ): Promise<Html> {
    const error = worker.errorOf(plan.id);
    const problem =
      error === undefined
        ? ''
        : html`<p class="problem" role="alert">It was interrupted: ${error} What was done so far stands; press again to go on.</p>`;
    switch (plan.state) {
      case 'replaced':
        return html`<p class="problem" role="status">Records of this plan were changed since it was made, so nothing was done.
          <a href="/review/plans/${plan.replacedById}" data-key="o">Plan ${plan.replacedById}</a> takes its place: look at it anew.</p>`;
      case 'planned':
        return worker.isRunning(plan.id)
          ? html`<p role="status">It begins… <a href="/review/plans/${plan.id}">Look again</a></p>`
          : html`${problem}<p class="lead">Nothing is changed yet. ${planSentence(plan.counts)}</p>${await applyForm(plan, csrf, mayApply)}`;
      case 'applying':
        return html`${problem}${
          worker.isRunning(plan.id)
            ? html`<div hx-get="/review/plans/${plan.id}/progress" hx-trigger="every 1s" role="status">${await planProgress(sequelize, plan)}</div>`
            : html`${await planProgress(sequelize, plan)}${await applyForm(plan, csrf, mayApply)}`
        }`;
      case 'applied':
        return doneNotice(plan, csrf, mayUndo);
    }
  }

  async function applyForm(plan: UndoPlan, csrf: Html, mayApply: boolean): Promise<Html> {
    const { counts } = plan;
    const writes = counts.restored + counts.recreated + counts.removed;
    if (writes === 0) return html`<p>There is nothing to do.</p>`;
    if (!mayApply) return html`<p class="notice">Carrying it out needs the role ${roleForPlan(plan)}.</p>`;
    const { paused, held } = await planEffects(sequelize, plan);
    return html`${
      held > 0 || paused !== null
        ? html`<p>Afterwards: ${[
            ...(held > 0
              ? [`${counted(held, 'value')} held back, so that the next crawl does not write them again`]
              : []),
            ...(paused === null ? [] : [`${paused} paused, until somebody resumes it`]),
          ].join('; ')}.</p>`
        : ''
    }
    <form class="stacked narrow" method="post" action="/review/plans/${plan.id}/apply">
      ${csrf}
      <label>Why <input name="reason" required maxlength="${longestReason}" autocomplete="off" autofocus /></label>
      <button class="primary">Undo ${counted(counts.entries, 'change')} in ${counted(writes, 'record')}</button>
    </form>`;
  }

  async function doneNotice(plan: UndoPlan, csrf: Html, mayUndo: boolean): Promise<Html> {
    const run = plan.runId === null ? null : await Run.findByPk(plan.runId);
    const { skipped } = plan.counts;
    const reverted = run?.revertsRunId == null ? null : await Run.findByPk(run.revertsRunId);
    return html`<div class="notice" role="status">
      <p><b>Undone.</b> ${planSentence(plan.counts)}</p>
      ${
        run === null
          ? ''
          : html`<p>It is <a href="/review/runs/${run.id}" data-key="o">run ${run.id}</a>${
              reverted === null
                ? ''
                : html` and undoes <a href="/review/runs/${reverted.id}">run ${reverted.id}</a>`
            }.${run.held > 0 ? ` ${counted(run.held, 'value')} held back.` : ''}</p>`
      }
      ${skipped > 0 ? html`<p><a href="#left">${counted(skipped, 'record')} left for you</a></p>` : ''}
    </div>
    ${run !== null && mayUndo && run.changes > run.undone ? html`<div class="actions">${undoForm({ csrf, label: 'Undo this undo…', fields: [['run', run.id]] })}</div>` : ''}`;
  }
};

function selectionOf(fields: URLSearchParams): UndoSelection {
  const ids = fields.getAll('id');
  const chosen = fields.getAll('fields');
  if (ids.length > 0) {
    const selection = undoSelectionSchema.safeParse({
      entryIds: ids,
      ...(chosen.length > 0 && { fields: chosen }),
    });
    if (selection.success) return selection.data;
    throw new HotspotsError(
      'USAGE',
      'What is to be undone is not named as the pages name it. Go back and select again.',
    );
  }
  const filter = filterFromQuery(fields, { otherWords: ['_csrf', 'back', 'verdict', 'note'] });
  // Without a condition it would be everything that was ever recorded.
  if (Object.values(filter).every((condition) => condition === undefined))
    throw new HotspotsError(
      'USAGE',
      'Nothing was selected. Tick the changes that are to be undone, or filter the list.',
    );
  return { filter };
}

function reasonOf(fields: URLSearchParams): string {
  const reason = (fields.get('reason') ?? '').replaceAll('\0', '').trim();
  if (reason !== '' && reason.length <= longestReason) return reason;
  throw new HotspotsError(
    'USAGE',
    `Say why, in at most ${number(longestReason)} characters: it stands in the log with each value that returns.`,
  );
}

function stepLists(plan: UndoPlan, conflicts: readonly UndoStep[], changes: readonly UndoStep[]): Html {
  const shown = changes.slice(0, pageSize);
  const last = shown.at(-1);
  return html`${
    conflicts.length === 0
      ? ''
      : html`<h2 id="left">Left alone: ${counted(plan.counts.skipped, 'record')}</h2>${stepRows(conflicts, 'conflicts')}
    ${plan.counts.skipped > conflicts.length ? html`<p class="faint">The first ${conflicts.length} are shown.</p>` : ''}`
  }
  ${shown.length === 0 ? '' : html`<h2>What ${plan.state === 'applied' ? 'was' : 'would be'} changed</h2>${stepRows(shown, 'changes')}`}
  ${
    changes.length > pageSize && last !== undefined
      ? html`<p><a class="button" href="/review/plans/${plan.id}?after=${last.position}">More</a></p>`
      : ''
  }`;
}
