import { type FieldSummary, jsonText } from '../../../audit/read/index.ts';
import { HotspotsError } from '../../../errors.ts';
import { isId } from '../../../ids.ts';
import { hasRole } from '../../../records/index.ts';
import {
  findPause,
  giveVerdict,
  optionsOfRun,
  Run,
  resumeSource,
  runTitle,
  type SourcePause,
  verdictsOf,
} from '../../../runs/index.ts';
import { counted, formatNumber, plural } from '../../../text.ts';
import {
  csrfField,
  duration,
  formFields,
  type Html,
  html,
  outsideLink,
  timeElement,
  value,
} from '../../html.ts';
import type { PagePlugin } from '../../page.ts';
import { sendPage } from '../../page.ts';
import { backTo } from '../../redirect.ts';
import { signedInUser } from '../account/sessions.ts';
import { undoForm } from './undo.ts';
import { readVerdict, verdictBadge, verdictForm } from './verdicts.ts';

interface RunRoute {
  Params: { id: string };
}

/** GET /review/runs/:id: what a run did, why it was flagged, and what can be done about it. */
export const runPage: PagePlugin = async (app, { database: { sequelize } }) => {
  app.get<RunRoute>('/review/runs/:id', { config: { access: 'viewer' } }, async (request, reply) => {
    const run = await findRun(request.params.id);
    const undoneBy = await Run.findAll({
      where: { revertsRunId: run.id },
      order: [['id', 'DESC']],
      limit: 20,
    });
    const pause = run.sourceName === null ? null : await findPause(sequelize, run.sourceName);
    const verdicts = await verdictsOf(sequelize, { runId: run.id });
    const user = signedInUser(request);
    const csrf = csrfField(reply);
    const body = html`${header(run, undoneBy)}
      ${pause === null ? '' : pausedNotice(pause, hasRole(user, 'admin') ? csrf : null, run.id)}
      ${flagList(run)}
      ${actions(run, { csrf, mayJudge: hasRole(user, 'reviewer'), mayUndo: hasRole(user, 'editor') })}
      ${fieldTable(run, hasRole(user, 'editor') ? csrf : null)}
      ${samples(run)}
      <p><a href="/review/changes?run=${run.id}" data-key="o">${run.changes === 1 ? 'The one change' : `All ${formatNumber(run.changes)} changes`} of this run</a></p>
      ${
        verdicts.length === 0
          ? ''
          : html`<h2>Verdicts</h2><ul>${verdicts.map(
              ({ verdict, note, givenAt, givenByEmail }) =>
                html`<li>${verdict} by ${givenByEmail}, ${timeElement(givenAt)}${note === null ? '' : `: ${note}`}</li>`,
            )}</ul>`
      }`;
    return sendPage(request, reply, { title: `Run ${run.id}`, current: 'runs', body });
  });

  app.post<RunRoute>(
    '/review/runs/:id/verdict',
    { config: { access: 'reviewer' } },
    async (request, reply) => {
      const { id } = request.params;
      const { verdict, note } = readVerdict(formFields(request));
      const { paused } = await giveVerdict(sequelize, { runId: (await findRun(id)).id }, verdict, {
        by: signedInUser(request),
        note,
      });
      const said = verdict === 'clear' ? `Run ${id} has no verdict any more.` : `Run ${id} is ${verdict}.`;
      return backTo(
        request,
        reply,
        `/review/runs/${id}`,
        paused === null ? said : `${said} ${paused} is paused.`,
      );
    },
  );

  app.post<{ Params: { name: string } }>(
    '/review/sources/:name/resume',
    { config: { access: 'admin' } },
    async (request, reply) => {
      const { name } = request.params;
      const wasPaused = await resumeSource(sequelize, name);
      return backTo(
        request,
        reply,
        '/review',
        wasPaused ? `${name} will be crawled again.` : `${name} was not paused.`,
      );
    },
  );
};

async function findRun(id: string): Promise<Run> {
  const run = isId(id) ? await Run.findByPk(id) : null;
  if (run !== null) return run;
  throw new HotspotsError('RUN_UNKNOWN', `There is no run ${JSON.stringify(id.slice(0, 40))}.`);
}

function header(run: Run, undoneBy: readonly Run[]): Html {
  const { actorEmail, startedAt, finishedAt, state, error, reason, revertsRunId } = run;
  const options = optionsOfRun(run);
  return html`<h1>Run ${run.id}: ${runTitle(run)}</h1>
    <dl class="facts">
      <dt>By</dt><dd>${actorEmail}</dd>
      <dt>When</dt><dd>${timeElement(startedAt)}${
        finishedAt === null
          ? ', still running'
          : `, ${state} after ${duration(finishedAt.getTime() - startedAt.getTime())}`
      }</dd>
      ${options === null ? '' : html`<dt>Options</dt><dd><code>${options}</code></dd>`}
      ${reason === null ? '' : html`<dt>Why</dt><dd>${reason}</dd>`}
      ${error === null ? '' : html`<dt>Error</dt><dd>${error}</dd>`}
      ${revertsRunId === null ? '' : html`<dt>Undoes</dt><dd><a href="/review/runs/${revertsRunId}">run ${revertsRunId}</a></dd>`}
      ${
        undoneBy.length === 0
          ? ''
          : html`<dt>Undone by</dt><dd>${undoneBy.map(
              ({ id }, index) => html`${index === 0 ? '' : ', '}<a href="/review/runs/${id}">run ${id}</a>`,
            )}</dd>`
      }
      <dt>Verdict</dt><dd>${verdictBadge(run.verdict)}</dd>
    </dl>
    <ul class="counts">${counts(run).map(([count, label]) => html`<li><b>${formatNumber(count)}</b> ${label}</li>`)}</ul>`;
}

/** What there was none of is left out, but for what everybody looks for. */
function counts(run: Run): [number, string][] {
  const always: [number, string][] = [
    [run.created, 'new'],
    [run.updated, 'changed'],
    [run.deleted, 'deleted'],
  ];
  const others: [number, string][] = [
    [run.pages, plural(run.pages, 'page')],
    [run.items, plural(run.items, 'item')],
    [run.unchanged, 'unchanged'],
    [run.rejected, 'rejected'],
    [run.failed, `${plural(run.failed, 'page')} failed`],
    [run.held, `${plural(run.held, 'value')} ${run.kind === 'undo' ? 'held back' : 'not written: held'}`],
    [run.suggested, `${plural(run.suggested, 'value')} suggested`],
    [run.undone, `of ${counted(run.changes, 'change')} undone`],
  ];
  return [...always, ...others.filter(([count]) => count > 0)];
}

function flagList({ flags }: Run): Html {
  if (flags.length === 0) return html``;
  return html`<h2>Why it is flagged</h2>
    <div class="flags"><ul>${flags.map(({ sentence }) => html`<li>${sentence}</li>`)}</ul></div>`;
}

function pausedNotice(
  { sourceName, pausedByEmail, pausedAt, reason }: SourcePause,
  csrf: Html | null,
  runId: string,
): Html {
  return html`<div class="notice">
    <p><b>${sourceName} is paused</b> by ${pausedByEmail} since ${timeElement(pausedAt)}: ${reason}</p>
    ${
      csrf === null
        ? html`<p>An admin can resume it.</p>`
        : html`<form method="post" action="/review/sources/${encodeURIComponent(sourceName)}/resume">
      ${csrf}<input type="hidden" name="back" value="/review/runs/${runId}" />
      <button>Resume ${sourceName}: crawl it again</button>
    </form>`
    }
  </div>`;
}

function actions(
  run: Run,
  { csrf, mayJudge, mayUndo }: { csrf: Html; mayJudge: boolean; mayUndo: boolean },
): Html {
  if (run.state === 'running') return html`<p>It can be judged and undone when it has ended.</p>`;
  const left = run.changes - run.undone;
  return html`<div class="actions">
    ${mayUndo && left > 0 ? undoForm({ csrf, label: `Undo ${counted(left, 'change')}…`, fields: [['run', run.id]], primary: true }) : ''}
    ${
      mayJudge
        ? verdictForm({
            csrf,
            action: `/review/runs/${run.id}/verdict`,
            verdict: run.verdict,
            what: 'this run',
            source: run.sourceName,
            back: `/review/runs/${run.id}`,
            note: true,
          })
        : ''
    }
  </div>
  ${mayJudge ? html`<p class="faint">Good and bad change no record. Good runs are what later runs of the source are compared with.</p>` : ''}`;
}

function fieldTable(run: Run, csrf: Html | null): Html {
  if (run.fields.length === 0) return html`<p>This run changed nothing.</p>`;
  return html`<h2>By field and new value</h2>
    <table>
      <caption class="hidden">Fields that the run changed, with the commonest new value of each</caption>
      <thead><tr>
        <th scope="col">Field</th><th scope="col" class="number">Changes</th><th scope="col">Commonest new value</th>
        <th scope="col" class="number">Share</th>${csrf === null ? '' : html`<th scope="col">Undo</th>`}
      </tr></thead>
      <tbody>${run.fields.map((field) => fieldRow(run, field, csrf))}</tbody>
    </table>`;
}

function fieldRow(run: Run, summary: FieldSummary, csrf: Html | null): Html {
  const { model, field, changes, commonestNewValue, commonestCount } = summary;
  const query = new URLSearchParams({ run: run.id, model, field });
  const hasOldValues = summary.samples.some(({ old }) => old !== null);
  const mayUndo = hasOldValues && run.undone < run.changes;
  return html`<tr data-row>
    <th scope="row"><a href="/review/changes?${query.toString()}" data-open>${model}.${field}</a></th>
    <td data-label="Changes" class="number">${formatNumber(changes)}</td>
    <td data-label="Commonest new value">${value(text(commonestNewValue), 'plain')}</td>
    <td data-label="Share" class="number">${Math.round((100 * commonestCount) / changes)} %</td>
    ${
      csrf === null
        ? ''
        : html`<td>${
            mayUndo
              ? undoForm({ csrf, label: `Undo these ${formatNumber(changes)}…`, fields: [...query] })
              : ''
          }</td>`
    }
  </tr>`;
}

const mostSampled = 6;

/** Where values were replaced a bad run shows; where records were only made, their names say enough. */
function samples({ fields }: Run): Html {
  const replaced = fields.filter(({ samples: rows }) => rows.some(({ old }) => old !== null));
  const chosen = (replaced.length > 0 ? replaced : fields.filter(({ field }) => field === 'name')).slice(
    0,
    mostSampled,
  );
  if (chosen.length === 0) return html``;
  return html`<h2>Samples</h2>${chosen.map(
    ({ model, field, samples: rows }) => html`<h3>${model}.${field}</h3>
      <ul class="rows">${rows.map(
        ({ objectId, objectLabel, old, new: now, sourceUrl }) => html`<li class="row"><div class="body">
          <a href="/review/records/${encodeURIComponent(model)}/${encodeURIComponent(objectId)}">${objectLabel}</a>
          <p class="changes">${old === null ? '' : html`${value(text(old), 'was')} <span aria-hidden="true">→</span> `}${value(text(now), 'now')}</p>
          ${sourceUrl === null ? '' : html`<p class="meta">from ${outsideLink(sourceUrl)}</p>`}
        </div></li>`,
      )}</ul>`,
  )}`;
}

function text(json: FieldSummary['commonestNewValue']): string {
  if (json === null) return '(empty)';
  return typeof json === 'string' ? json : jsonText(json);
}
