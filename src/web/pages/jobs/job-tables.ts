import type { DeadLetter, EndedJob, ListedTask } from '../../../jobs/index.ts';
import type { ListedSchedule } from '../../../jobs/worker/index.ts';
import { formatNumber } from '../../../text.ts';
import { type Html, html, timeElement } from '../../html.ts';

/** Jobs that failed permanently; with a token, each with a button to send it again. */
export function deadLetterTable(letters: readonly DeadLetter[], csrf: Html | null): Html {
  return html`<table>
    <caption class="hidden">Jobs that failed permanently, the newest first</caption>
    <thead><tr><th scope="col">Task</th><th scope="col">Given</th><th scope="col">Why</th><th scope="col">Since</th>
      <th scope="col">Queued by</th>${csrf === null ? '' : html`<th scope="col">Once it is fixed</th>`}</tr></thead>
    <tbody>${letters.map(
      ({ id, task, data, error, failedAt, actorEmail, correlationId, attempts }) => html`<tr data-row>
      <th scope="row" class="word">${task}</th>
      <td data-label="Given"><code>${JSON.stringify(data)}</code></td>
      <td data-label="Why">${error} <span class="faint">(tried ${attempts === 1 ? 'once' : `${attempts} times`})</span></td>
      <td data-label="Since">${timeElement(failedAt)}</td>
      <td data-label="Queued by">${actorEmail ?? 'the program'}${
        correlationId === null
          ? ''
          : html`, <a href="/review/changes?correlation=${encodeURIComponent(correlationId)}">what else that wrote</a>`
      }</td>
      ${
        csrf === null
          ? ''
          : html`<td><form class="inline" method="post" action="/jobs/${id}/retry">${csrf}<button>Retry ${task}</button></form>
            <form class="inline" method="post" action="/jobs/${id}/discard">${csrf}<button class="quiet">Discard<span class="hidden"> this ${task}</span></button></form></td>`
      }
    </tr>`,
    )}</tbody>
  </table>`;
}

/** What runs when. */
export function scheduleTable(schedules: readonly ListedSchedule[]): Html {
  return html`<table>
    <caption class="hidden">Schedules, with the next time and the last result of each</caption>
    <thead><tr><th scope="col">Task</th><th scope="col">When</th><th scope="col">Next</th><th scope="col">Last</th></tr></thead>
    <tbody>${schedules.map(
      ({ task, key, cron, timeZone, next, last, pause }) => html`<tr>
      <th scope="row" class="word">${task}${key === '' ? '' : ` ${key}`}</th>
      <td data-label="When"><code>${cron}</code> <span class="faint">${timeZone}</span></td>
      <td data-label="Next">${
        pause !== null
          ? html`paused by ${pause.pausedByEmail}: ${pause.reason}`
          : next[0] === undefined
            ? 'never'
            : timeElement(next[0])
      }</td>
      <td data-label="Last">${lastResult(last)}</td>
    </tr>`,
    )}</tbody>
  </table>`;
}

function lastResult(last: EndedJob | null): Html {
  if (last === null) return html`never yet`;
  const { startedAt, endedAt, retryAt, state, outcome, summary } = last;
  const when = endedAt ?? startedAt;
  const time = when === null ? '' : timeElement(when);
  if (state === 'active') return html`runs since ${time}`;
  if (retryAt !== null) return html`${time}: failed, tried again ${timeElement(retryAt)}. ${summary}`;
  return html`${time}: ${state === 'completed' ? (outcome ?? 'done') : state}${summary === '' ? '' : html`. ${summary}`}`;
}

/** What each task does, and how many jobs it has had. */
export function taskTable(tasks: readonly ListedTask[]): Html {
  const cell = (label: string, count: number) =>
    html`<td class="number" data-label="${label}">${formatNumber(count)}</td>`;
  return html`<table>
    <caption class="hidden">Tasks, each with its jobs of the last 30 days</caption>
    <thead><tr><th scope="col">Task</th><th scope="col">What it does</th>${[
      'Waiting',
      'Later',
      'Running',
      'Done',
      'Failed',
    ].map((label) => html`<th scope="col" class="number">${label}</th>`)}</tr></thead>
    <tbody>${tasks.map(
      ({ task, summary, waiting, deferred, active, completed, failed }) => html`<tr>
      <th scope="row" class="word">${task}</th><td data-label="What it does">${summary}</td>
      ${cell('Waiting', waiting)}${cell('Later', deferred)}${cell('Running', active)}
      ${cell('Done', completed)}${cell('Failed', failed)}
    </tr>`,
    )}</tbody>
  </table>`;
}
