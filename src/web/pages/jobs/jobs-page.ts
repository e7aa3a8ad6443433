import type { FastifyRequest } from 'fastify';
import { HotspotsError } from '../../../errors.ts';
import {
  discardDeadLetters,
  type JobQueue,
  listDeadLetters,
  listTasks,
  openJobQueue,
  retryDeadLetters,
} from '../../../jobs/index.ts';
import { listSchedules, type PlannedSchedule, plannedSchedules } from '../../../jobs/worker/index.ts';
import { hasRole } from '../../../records/index.ts';
import { counted } from '../../../text.ts';
import { csrfField, formFields, html, timeElement } from '../../html.ts';
import type { PagePlugin } from '../../page.ts';
import { sendPage } from '../../page.ts';
import { backTo } from '../../redirect.ts';
import { signedInUser } from '../account/sessions.ts';
import { deadLetterTable, scheduleTable, taskTable } from './job-tables.ts';

/** /jobs: what is done in the background, when, and what failed. */
export const jobsPage: PagePlugin = async (app, { database }) => {
  let opened: Promise<JobQueue> | undefined;
  // At first use: most pages need no queue, and it makes tables of its own.
  const queue = () => {
    opened ??= openJobQueue(database).catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
  app.addHook('onClose', async () => {
    await (await opened)?.close();
  });

  app.get('/jobs', { config: { access: 'viewer' } }, async (request, reply) => {
    const jobs = await queue();
    const { planned, problem } = await readSchedules();
    const [schedules, tasks, deadLetters, instances] = await Promise.all([
      listSchedules(jobs, planned),
      listTasks(jobs),
      listDeadLetters(jobs.sequelize),
      jobs.boss.getInstances(),
    ]);
    const workers = instances.filter(({ live }) => live);
    const csrf = hasRole(signedInUser(request), 'admin') ? csrfField(reply) : null;
    const body = html`<h1>Jobs</h1>
      <p class="lead">Work in the background: each job is done once, as whoever queued it, or as the system user.</p>
      ${
        workers.length === 0
          ? html`<p class="problem" role="status">No worker is running, so no schedule runs. Start one: <code>npm run worker</code></p>`
          : html`<p>${counted(workers.length, 'worker')}: ${workers.map(
              ({ host, pid, startedOn }, index) =>
                html`${index === 0 ? '' : ', '}${host} (process ${pid}, since ${timeElement(startedOn)})`,
            )}</p>`
      }
      ${
        deadLetters.length === 0
          ? ''
          : html`<section aria-labelledby="failed"><h2 id="failed">Failed permanently</h2>
        ${deadLetterTable(deadLetters, csrf)}
        ${
          csrf === null || deadLetters.length === 1
            ? ''
            : html`<form class="inline" method="post" action="/jobs/retry">${csrf}
                ${deadLetters.map(({ id }) => html`<input type="hidden" name="id" value="${id}" />`)}
                <button>Retry these ${deadLetters.length}</button>
                <button class="quiet" formaction="/jobs/discard">Discard these ${deadLetters.length}</button></form>`
        }</section>`
      }
      <section aria-labelledby="schedules"><h2 id="schedules">Schedules</h2>${
        problem === null ? scheduleTable(schedules) : html`<p class="problem">${problem}</p>`
      }</section>
      <section aria-labelledby="tasks"><h2 id="tasks">Tasks, and their jobs of the last 30 days</h2>
        ${taskTable(tasks)}</section>`;
    return sendPage(request, reply, { title: 'Jobs', current: 'jobs', body });
  });

  app.post('/jobs/retry', { config: { access: 'admin' } }, async (request, reply) => {
    const sent = await retryDeadLetters(await queue(), shownJobs(request));
    return backTo(request, reply, '/jobs', `${counted(sent, 'job')} sent once more.`);
  });

  app.post('/jobs/discard', { config: { access: 'admin' } }, async (request, reply) => {
    await discardDeadLetters(await queue(), shownJobs(request));
    return backTo(request, reply, '/jobs', 'The jobs were discarded.');
  });

  app.post<JobParams>('/jobs/:job/retry', { config: { access: 'admin' } }, async (request, reply) => {
    const sent = await retryDeadLetters(await queue(), [jobId(request.params.job)]);
    const notice = sent === 1 ? 'The job was queued again.' : 'The same job is queued or running already.';
    return backTo(request, reply, '/jobs', notice);
  });

  app.post<JobParams>('/jobs/:job/discard', { config: { access: 'admin' } }, async (request, reply) => {
    await discardDeadLetters(await queue(), [jobId(request.params.job)]);
    return backTo(request, reply, '/jobs', 'The job was discarded.');
  });
};

interface JobParams {
  Params: { job: string };
}

/** The jobs that were on the page: what has failed since then nobody has seen yet. */
function shownJobs(request: FastifyRequest): string[] {
  const ids = formFields(request).getAll('id').map(jobId);
  if (ids.length > 0) return ids;
  throw new HotspotsError(
    'USAGE',
    'The form names no job. Go back to the list of jobs and send it from there.',
  );
}

/** What is no id of a job is looked for as one that no job has. */
function jobId(text: string): string {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)
    ? text
    : '00000000-0000-0000-0000-000000000000';
}

/** Somebody may be editing the file: that is no reason not to show the jobs. */
async function readSchedules(): Promise<{ planned: PlannedSchedule[]; problem: string | null }> {
  try {
    return { planned: await plannedSchedules(), problem: null };
  } catch (error) {
    if (!(error instanceof HotspotsError) || error.code !== 'SOURCES_INVALID') throw error;
    return { planned: [], problem: error.message };
  }
}
