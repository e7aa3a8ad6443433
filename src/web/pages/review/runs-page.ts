import { isId } from '../../../ids.ts';
import { hasRole } from '../../../records/index.ts';
import { listRuns, parseRunFilter, type Run, runKinds, runTitle } from '../../../runs/index.ts';
import { counted, formatNumber } from '../../../text.ts';
import { type FilterField, filterForm, listLinks, queryOf, withQuery } from '../../filter-form.ts';
import { csrfField, duration, type Html, html, timeElement } from '../../html.ts';
import type { PagePlugin } from '../../page.ts';
import { sendPage } from '../../page.ts';
import { signedInUser } from '../account/sessions.ts';
import { verdictBadge, verdictForm } from './verdicts.ts';

const pageSize = 50;

const filterFields: readonly FilterField[] = [
  { word: 'spider', label: 'Spider', short: true },
  { word: 'source', label: 'Source' },
  { word: 'actor', label: 'Author’s e-mail' },
  { word: 'kind', label: 'Kind', choices: runKinds },
  { word: 'verdict', label: 'Verdict', choices: ['none', 'good', 'bad'] },
  { word: 'flagged', label: 'Flagged', choices: ['1', '0'], labels: { 1: 'yes', 0: 'no' } },
  { word: 'since', label: 'Since', short: true },
  { word: 'until', label: 'Until', short: true },
];

/** GET /review: runs; those that are flagged and wait for somebody are on top. */
export const runsPage: PagePlugin = async (app, { database: { sequelize } }) => {
  app.get('/review', { config: { access: 'viewer' } }, async (request, reply) => {
    const query = queryOf(request);
    const words = [...query].filter(([word]) => word !== 'before');
    const before = query.get('before') ?? undefined;
    const filter = parseRunFilter(words);
    const { waiting, runs, next } = await listRuns(sequelize, filter, {
      limit: pageSize,
      ...(before !== undefined && isId(before) && { before }),
    });
    const mayJudge = hasRole(signedInUser(request), 'reviewer');
    const csrf = csrfField(reply);
    const isFiltered = words.some(([, value]) => value !== '');
    const body = html`<h1>Runs</h1>
      <p class="lead">What spiders and people changed, run by run. A run that looks unusual waits here until somebody has looked at it.</p>
      ${filterForm('/review', query, filterFields)}
      ${
        waiting.length === 0
          ? before === undefined && !isFiltered
            ? html`<p class="notice">No run waits for you.</p>`
            : ''
          : html`<h2>${counted(waiting.length, 'run')} to review</h2>
        ${runTable(waiting, 'Flagged runs without a verdict', mayJudge ? { csrf, back: withQuery('/review', query) } : null)}`
      }
      ${runs.length === 0 && waiting.length > 0 ? '' : html`<h2>${waiting.length > 0 ? 'All others' : 'All runs'}</h2>`}
      ${
        runs.length > 0
          ? runTable(runs, 'Runs, the newest first', null)
          : waiting.length > 0
            ? ''
            : isFiltered || before !== undefined
              ? html`<p>No run matches. <a href="/review">Show all</a></p>`
              : html`<p>Nothing was crawled yet. Begin on the command line:</p><pre>npm run crawl -- --spider=events</pre>`
      }
      ${listLinks('/review', query, next, '/review/runs')}`;
    return sendPage(request, reply, { title: 'Runs', current: 'runs', body });
  });
};

/** What buttons for verdicts need. */
interface Judging {
  csrf: Html;
  /** The page that they stand on. */
  back: string;
}

/** @param judging null for a table without buttons */
function runTable(runs: readonly Run[], caption: string, judging: Judging | null): Html {
  return html`<table>
    <caption class="hidden">${caption}</caption>
    <thead><tr>
      <th scope="col">Run</th><th scope="col">What</th><th scope="col">Ended</th><th scope="col" class="number">Pages</th>
      <th scope="col" class="number">New</th><th scope="col" class="number">Changed</th><th scope="col" class="number">Deleted</th>
      <th scope="col" class="number">Unchanged</th><th scope="col" class="number">Rejected</th><th scope="col" class="number">Undone</th>
      <th scope="col">Verdict</th>
    </tr></thead>
    <tbody>${runs.map((run, index) => runRow(run, runs[index + 1], judging))}</tbody>
  </table>`;
}

function runRow(run: Run, following: Run | undefined, judging: Judging | null): Html {
  const { id, sourceName, actorEmail, startedAt, finishedAt, state, flags } = run;
  const { revertsRunId } = run;
  const title = runTitle(run);
  const what = revertsRunId === null ? title : html`<a href="/review/runs/${revertsRunId}">${title}</a>`;
  return html`<tr id="run-${id}" data-row>
    <th scope="row"><a href="/review/runs/${id}" data-open>Run ${id}</a></th>
    <td>${what}<br /><span class="faint">${actorEmail}${state === 'finished' ? '' : `, ${state}`}</span>
      ${flags.map(({ sentence }) => html`<br /><span class="flag"><span aria-hidden="true">⚑ </span>${sentence}</span>`)}
      ${
        judging === null
          ? ''
          : verdictForm({
              csrf: judging.csrf,
              action: `/review/runs/${id}/verdict`,
              verdict: run.verdict,
              what: `run ${id}`,
              source: sourceName,
              back: `${judging.back}${following === undefined ? '' : `#run-${following.id}`}`,
            })
      }</td>
    <td data-label="Ended">${
      finishedAt === null
        ? 'still running'
        : html`${timeElement(finishedAt)}<br /><span class="faint">took ${duration(finishedAt.getTime() - startedAt.getTime())}</span>`
    }</td>
    <td data-label="Pages" class="number">${formatNumber(run.pages)}</td>
    <td data-label="New" class="number">${formatNumber(run.created)}</td>
    <td data-label="Changed" class="number">${formatNumber(run.updated)}</td>
    <td data-label="Deleted" class="number">${formatNumber(run.deleted)}</td>
    <td data-label="Unchanged" class="number">${formatNumber(run.unchanged)}</td>
    <td data-label="Rejected" class="number">${formatNumber(run.rejected)}</td>
    <td data-label="Undone" class="number">${run.undone === 0 ? '0' : `${formatNumber(run.undone)}/${formatNumber(run.changes)}`}</td>
    <td data-label="Verdict">${verdictBadge(run.verdict)}</td>
  </tr>`;
}
