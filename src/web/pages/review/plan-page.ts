import { readUndoPlan, readUndoSteps, type UndoPlan, type UndoStep } from '../../../audit/undo/index.ts';
import { HotspotsError } from '../../../errors.ts';
import { hasRole } from '../../../records/index.ts';
import { planUndoOf, roleForPlan } from '../../../runs/index.ts';
import { counted, formatNumber } from '../../../text.ts';
import { queryOf, withQuery } from '../../filter-form.ts';
import { csrfField, formFields, type Html, html, timeElement } from '../../html.ts';
import type { PagePlugin } from '../../page.ts';
import { sendPage } from '../../page.ts';
import { signedInUser } from '../account/sessions.ts';
import { longestReason, planNotice, planProgress, stepRows } from './plan.ts';
import { UndoWorker, undoSelectionOf } from './undo.ts';

const pageSize = 50;

interface PlanRoute {
  Params: { id: string };
}

/** /review/plans: what an undo would do, is doing, and has done. */
export const planPage: PagePlugin = async (app, { database: { sequelize } }) => {
  const worker = new UndoWorker(sequelize);
  app.addHook('onReady', async () => worker.resume());
  app.addHook('preClose', () => worker.close());
  const isBusy = ({ id, state }: UndoPlan) =>
    worker.isRunning(id) || (state === 'applying' && worker.isResuming);

  app.post('/review/plans', { config: { access: 'editor' } }, async (request, reply) => {
    const selection = undoSelectionOf(formFields(request));
    const plan = await planUndoOf(sequelize, selection, signedInUser(request));
    return reply.redirect(`/review/plans/${plan.id}`, 303);
  });

  app.get<PlanRoute>('/review/plans/:id', { config: { access: 'viewer' } }, async (request, reply) => {
    // Asked before the plan is read: what ends in between shows as going on, neither as interrupted nor as done.
    const wasRunning = worker.isRunning(request.params.id);
    const plan = await readUndoPlan(sequelize, request.params.id);
    const busy = wasRunning || isBusy(plan);
    const query = queryOf(request);
    const page = (word: string) => ({ limit: pageSize + 1, after: positionOf(query, word) });
    const [conflicts, changes] = await Promise.all([
      readUndoSteps(sequelize, plan.id, { ...page('left'), only: 'conflicts' }),
      readUndoSteps(sequelize, plan.id, { ...page('after'), only: 'changes' }),
    ]);
    const user = signedInUser(request);
    const notice = await planNotice(sequelize, plan, {
      csrf: csrfField(reply),
      isBusy: busy,
      error: worker.errorOf(plan.id),
      mayApply: hasRole(user, roleForPlan(plan)),
      mayUndo: hasRole(user, 'editor'),
    });
    const body = html`<h1>Undo plan ${plan.id}</h1>
      <p class="faint">Made by ${plan.createdByEmail}, ${timeElement(plan.createdAt)}</p>
      ${notice}
      ${stepLists(plan, conflicts, changes, query)}`;
    return sendPage(request, reply, {
      title: `Undo plan ${plan.id}`,
      current: 'runs',
      body,
      ...(busy && { refresh: 2 }),
    });
  });

  app.get<PlanRoute>(
    '/review/plans/:id/progress',
    { config: { access: 'viewer' } },
    async (request, reply) => {
      const plan = await readUndoPlan(sequelize, request.params.id);
      // Whatever it has become, the whole page shows it.
      if (!isBusy(plan)) reply.header('hx-refresh', 'true');
      return reply
        .type('text/html; charset=utf-8')
        .header('cache-control', 'no-store')
        .send(String(await planProgress(sequelize, plan)));
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
    if (plan.state === 'planned') worker.start(plan.id, user, reasonOf(formFields(request)));
    // The reason was given when it was begun.
    if (plan.state === 'applying') worker.start(plan.id, user, '');
    return reply.redirect(`/review/plans/${plan.id}`, 303);
  });
};

function positionOf(query: URLSearchParams, word: string): number {
  const position = query.get(word) ?? '';
  return /^\d{1,9}$/.test(position) ? Number(position) : 0;
}

function reasonOf(fields: URLSearchParams): string {
  const reason = (fields.get('reason') ?? '').replaceAll('\0', '').trim();
  if (reason !== '' && reason.length <= longestReason) return reason;
  throw new HotspotsError(
    'USAGE',
    `Say why, in at most ${formatNumber(longestReason)} characters: the log keeps it with each restored value.`,
  );
}

function stepLists(
  plan: UndoPlan,
  conflicts: readonly UndoStep[],
  changes: readonly UndoStep[],
  query: URLSearchParams,
): Html {
  return html`${
    conflicts.length === 0
      ? ''
      : html`<h2 id="left">Left alone: ${counted(plan.counts.skipped, 'record')}</h2>
    ${stepRows(conflicts.slice(0, pageSize), 'conflicts')}${moreLink(plan, conflicts, query, 'left')}`
  }
  ${
    changes.length === 0
      ? ''
      : html`<h2>What ${plan.state === 'applied' ? 'was' : 'would be'} changed</h2>
    ${stepRows(changes.slice(0, pageSize), 'changes')}${moreLink(plan, changes, query, 'after')}`
  }`;
}

function moreLink({ id }: UndoPlan, steps: readonly UndoStep[], query: URLSearchParams, word: string): Html {
  const last = steps[pageSize - 1];
  if (steps.length <= pageSize || last === undefined) return html``;
  const further = new URLSearchParams(query);
  further.set(word, String(last.position));
  return html`<p><a class="button" href="${withQuery(`/review/plans/${id}`, further)}">More</a></p>`;
}
