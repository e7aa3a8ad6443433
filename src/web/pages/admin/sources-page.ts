import { HotspotsError } from '../../../errors.ts';
import { hasRole } from '../../../records/index.ts';
import {
  listPauses,
  pauseSource,
  type SourceOverview,
  type SourcePause,
  sourceOverviews,
} from '../../../runs/index.ts';
import { counted, formatNumber, quoted } from '../../../text.ts';
import { csrfField, formFields, type Html, html, outsideLink, timeElement } from '../../html.ts';
import type { ConfiguredSource, PagePlugin } from '../../page.ts';
import { sendPage } from '../../page.ts';
import { backTo } from '../../redirect.ts';
import { signedInUser } from '../account/sessions.ts';
import { breadcrumb } from './record-page.ts';

const longestReason = 1000;

/** /admin/sources: what is crawled, what became of it, and a switch for each. */
export const sourcesPage: PagePlugin = async (app, { database: { sequelize }, sources }) => {
  app.get('/admin/sources', { config: { access: 'viewer' } }, async (request, reply) => {
    const [{ configured, problem }, overviews, pauses] = await Promise.all([
      readable(sources),
      sourceOverviews(sequelize),
      listPauses(sequelize),
    ]);
    const names = [...new Set([...configured, ...overviews].map(nameOf))].sort();
    const csrf = hasRole(signedInUser(request), 'admin') ? csrfField(reply) : null;
    const body = html`${breadcrumb(null)}
      <h1>Sources</h1>
      <p class="lead">What is crawled, and the result of the last runs. A paused source is not crawled until somebody resumes it.</p>
      ${problem === null ? '' : html`<p class="problem">crawlers/sources.yaml cannot be read, so only sources that were crawled before are listed.</p><pre>${problem}</pre>`}
      ${
        names.length === 0
          ? html`<p>There is none yet. They are written in <code>crawlers/sources.yaml</code>.</p>`
          : html`<table>
        <caption class="hidden">Sources, by name</caption>
        <thead><tr><th scope="col">Source</th><th scope="col">Last runs</th><th scope="col" class="number">Records</th>
          <th scope="col">Waiting</th><th scope="col">Paused</th></tr></thead>
        <tbody>${names.map((name) =>
          row(name, {
            configured: configured.find((each) => each.name === name),
            overview: overviews.find(({ sourceName }) => sourceName === name),
            pause: pauses.find(({ sourceName }) => sourceName === name),
            csrf,
          }),
        )}</tbody>
      </table>`
      }`;
    return sendPage(request, reply, { title: 'Sources', current: 'admin', body });
  });

  app.post<{ Params: { name: string } }>(
    '/admin/sources/:name/pause',
    { config: { access: 'admin' } },
    async (request, reply) => {
      const { name } = request.params;
      const [{ configured }, overviews] = await Promise.all([readable(sources), sourceOverviews(sequelize)]);
      if (![...configured, ...overviews].some((each) => nameOf(each) === name)) {
        throw new HotspotsError('SOURCE_UNKNOWN', `There is no source ${quoted(name)}.`);
      }
      const reason = (formFields(request).get('reason') ?? '').trim().slice(0, longestReason);
      await pauseSource(sequelize, name, {
        by: signedInUser(request),
        reason: reason || 'No reason was given.',
      });
      return backTo(request, reply, '/admin/sources', `${name} is paused.`);
    },
  );
};

function nameOf(source: ConfiguredSource | SourceOverview): string {
  return 'name' in source ? source.name : source.sourceName;
}

/** A mistake in the file must not hide the page on which a source can be paused. */
async function readable(
  sources: () => Promise<readonly ConfiguredSource[]>,
): Promise<{ configured: readonly ConfiguredSource[]; problem: string | null }> {
  try {
    return { configured: await sources(), problem: null };
  } catch (error) {
    if (!(error instanceof HotspotsError)) throw error;
    return { configured: [], problem: error.message };
  }
}

interface SourceRow {
  configured: ConfiguredSource | undefined;
  overview: SourceOverview | undefined;
  pause: SourcePause | undefined;
  csrf: Html | null;
}

function row(name: string, { configured, overview, pause, csrf }: SourceRow): Html {
  const source = encodeURIComponent(name);
  const { openSuggestions = 0, holds = 0, records = 0, lastRuns = [] } = overview ?? {};
  return html`<tr data-row>
    <th scope="row"><a href="/review?source=${source}" data-open>${name}</a>
      <p class="under">${configured === undefined ? 'not in sources.yaml' : html`${configured.spider}, ${configured.startUrls.slice(0, 1).map(outsideLink)}`}</p></th>
    <td data-label="Last runs">${
      lastRuns.length === 0
        ? 'never crawled'
        : lastRuns.map(
            ({ id, state, startedAt, finishedAt }, index) =>
              html`${index === 0 ? '' : html`<br />`}<a href="/review/runs/${id}">run ${id}</a>, ${state}, ${timeElement(new Date(finishedAt ?? startedAt))}`,
          )
    }</td>
    <td data-label="Records" class="number">${formatNumber(records)}</td>
    <td data-label="Waiting" class="word">${openSuggestions === 0 ? '' : html`<a href="/review/suggestions?source=${source}">${counted(openSuggestions, 'suggestion')}</a>`}${openSuggestions * holds === 0 ? '' : ', '}
      ${holds === 0 ? '' : html`<a href="/review/holds?source=${source}">${counted(holds, 'hold')}</a>`}
      ${openSuggestions + holds === 0 ? 'nothing' : ''}</td>
    <td data-label="Paused">${pauseCell(name, pause, csrf)}</td>
  </tr>`;
}

function pauseCell(name: string, pause: SourcePause | undefined, csrf: Html | null): Html {
  const source = encodeURIComponent(name);
  if (pause === undefined) {
    return csrf === null
      ? html`no`
      : html`<details><summary>no, pause it…</summary><form class="inline" method="post" action="/admin/sources/${source}/pause">${csrf}
      <label>Why <input name="reason" maxlength="${longestReason}" required /></label><button>Pause ${name}</button></form></details>`;
  }
  const { pausedByEmail, pausedAt, reason, runId } = pause;
  return html`<span class="flag">paused</span> by ${pausedByEmail}, ${timeElement(pausedAt)}: ${reason}${
    runId === null ? '' : html` (<a href="/review/runs/${runId}">run ${runId}</a>)`
  }
    ${
      csrf === null
        ? ''
        : html`<form class="inline" method="post" action="/review/sources/${source}/resume">${csrf}
      <input type="hidden" name="back" value="/admin/sources" /><button>Resume ${name}</button></form>`
    }`;
}
