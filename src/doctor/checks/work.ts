import { existsSync } from 'node:fs';
import { QueryTypes, type Sequelize } from 'sequelize';
import { spiders } from '../../app.ts';
import { readSources } from '../../crawl/read-sources.ts';
import type { Source } from '../../crawl/source.ts';
import { onlyRow } from '../../database/only-row.ts';
import { HotspotsError } from '../../errors.ts';
import { countDeadLetters, countJobsWaitingSince, countLiveWorkers, hasJobQueue } from '../../jobs/index.ts';
import { countWaitingRuns, listPauses } from '../../runs/index.ts';
import type { Check, Finding } from '../check.ts';

/** Whether there is a Chromium. */
export const browser: Check = {
  name: 'browser',
  needsTables: false,
  run: async ({ browserPaths }) => {
    const found = (await browserPaths()).find((path) => existsSync(path));
    if (found !== undefined) return [{ level: 'ok', message: `A browser was found: ${found}.` }];
    return [
      {
        level: 'notice',
        message: 'No Chromium was found: what needs a browser, such as the tests of the pages, cannot run.',
        mend: 'npx playwright install chromium',
      },
    ];
  },
};

/** Flagged runs that nobody has judged. */
export const flaggedRuns: Check = {
  name: 'flagged-runs',
  needsTables: true,
  run: async ({ sequelize }) => {
    const waiting = await countWaitingRuns(sequelize);
    if (waiting === 0) return [{ level: 'ok', message: 'No flagged run waits for a verdict.' }];
    return [
      {
        level: 'problem',
        message: `Flagged runs that nobody has judged: ${waiting}.`,
        mend: 'npm run review -- --flagged',
      },
    ];
  },
};

/** How long a job may wait for a worker, in minutes: long crawls may keep all of them busy. */
const jobPatienceMinutes = 120;

/** Jobs that failed permanently, and those that nobody does. */
export const jobsCheck: Check = {
  name: 'jobs',
  needsTables: false,
  run: async ({ sequelize, now }) => {
    const ok: Finding = { level: 'ok', message: 'No job has failed permanently or waits for long.' };
    if (!(await hasJobQueue(sequelize))) return [ok];
    const findings: Finding[] = [];
    const dead = await countDeadLetters(sequelize);
    if (dead > 0) {
      findings.push({
        level: 'problem',
        message: `Jobs that failed permanently: ${dead}.`,
        mend: 'See why: npm run hotspots -- jobs; then: npm run hotspots -- jobs retry --all',
      });
    }
    const late = new Date(now().getTime() - jobPatienceMinutes * 60_000);
    const waiting = await countJobsWaitingSince(sequelize, late);
    if (waiting > 0) {
      findings.push({
        level: 'problem',
        message: `Jobs that have waited for a worker for more than ${jobPatienceMinutes} minutes: ${waiting}.`,
        mend: 'Start another worker, without --task if there is none for these: npm run worker',
      });
    }
    return findings.length > 0 ? findings : [ok];
  },
};

/** How long after its time a job may not have been sent, in minutes; a worker looks every few seconds. */
const schedulePatienceMinutes = 10;

interface ScheduleCounts {
  all: number;
  overdue: number;
  /** When the first of these was due. */
  since: Date | null;
}

/** Whether there is a worker for what is to be done by schedule. */
export const schedules: Check = {
  name: 'schedules',
  needsTables: true,
  run: async ({ sequelize, now }) => {
    const workers = (await hasJobQueue(sequelize)) ? await countLiveWorkers(sequelize) : 0;
    const { all, overdue, since } = onlyRow(
      await sequelize.query<ScheduleCounts>(
        `SELECT count(*)::int AS all, (count(*) FILTER (WHERE due_at < $1))::int AS overdue, min(due_at) AS since
       FROM schedules`,
        { bind: [new Date(now().getTime() - schedulePatienceMinutes * 60_000)], type: QueryTypes.SELECT },
      ),
    );
    if (overdue > 0) {
      const who = workers === 0 ? 'no worker is running' : `workers are running: ${workers}`;
      return [
        {
          level: 'problem',
          message: `Schedules are overdue, ${overdue} of ${all} since ${since?.toISOString() ?? 'some time'}, and ${who}.`,
          mend:
            workers === 0
              ? 'npm run worker; if cron does the work now, forget what workers were to do: DELETE FROM schedules;'
              : 'Restart the workers: they may hang or run an earlier version. See: npm run hotspots -- jobs',
        },
      ];
    }
    if (workers > 0)
      return [{ level: 'ok', message: `Workers: ${workers}; schedules: ${all}, none overdue.` }];
    return [
      {
        level: 'notice',
        message: 'No worker is running, so no schedule runs.',
        mend: 'npm run worker; or let cron do it: npm run --silent schedule -- --crontab',
      },
    ];
  },
};

interface FailedCrawl {
  id: string;
  sourceName: string;
  error: string | null;
}

const longestError = 200;

/** Sources whose last crawl failed, or that are paused. */
export const sources: Check = {
  name: 'sources',
  needsTables: true,
  run: async ({ sequelize, sourcesFile }) => {
    const configured = await readConfigured(sourcesFile);
    if (!Array.isArray(configured)) return [configured];
    const names = configured.map(({ name }) => name);
    const pauses = await listPauses(sequelize);
    const paused = new Set(pauses.map(({ sourceName }) => sourceName));
    const failed = (await failedCrawls(sequelize, names)).filter(({ sourceName }) => !paused.has(sourceName));
    const findings: Finding[] = [
      ...failed.map(({ id, sourceName, error }) => ({
        level: 'problem' as const,
        message: `The last crawl of ${sourceName} failed: ${error?.slice(0, longestError) ?? 'no reason is known'}`,
        mend: `See the run, and crawl again once it is fixed: npm run review -- ${id}`,
      })),
      ...pauses.map(({ sourceName, pausedAt, pausedByEmail, reason }) => ({
        level: 'notice' as const,
        message: `${sourceName} is paused since ${pausedAt.toISOString().slice(0, 10)} by ${pausedByEmail}: ${reason}`,
        mend: `Once it is fixed: npm run hotspots -- resume ${sourceName}`,
      })),
    ];
    if (findings.length > 0) return findings;
    return [{ level: 'ok', message: `Sources: ${names.length}; none failed or is paused.` }];
  },
};

/** Sources, or what is wrong with the file that has them. */
async function readConfigured(file: string): Promise<Source[] | Finding> {
  try {
    return await readSources(file, [...spiders.keys()]);
  } catch (error) {
    if (!(error instanceof HotspotsError)) throw error;
    return {
      level: 'problem',
      message: error.message,
      mend: 'Correct the file; until then nothing is crawled.',
    };
  }
}

async function failedCrawls(sequelize: Sequelize, names: readonly string[]): Promise<FailedCrawl[]> {
  return await sequelize.query<FailedCrawl>(
    `SELECT last.id::text, source_name AS "sourceName", last.error
     FROM unnest($1::text[]) AS source_name CROSS JOIN LATERAL (
       SELECT id, state, error FROM runs WHERE runs.source_name = source_name.source_name AND kind = 'crawl'
       ORDER BY id DESC LIMIT 1
     ) last WHERE last.state = 'failed' ORDER BY source_name`,
    { bind: [names], type: QueryTypes.SELECT },
  );
}

const days = 30;

interface FailingWebhook {
  id: string;
  url: string;
  retried: number;
  givenUp: number;
  lastError: string | null;
}

/** Addresses that do not take what they are to be told. */
export const webhooks: Check = {
  name: 'webhooks',
  needsTables: true,
  run: async ({ sequelize, now }) => {
    const failing = await sequelize.query<FailingWebhook>(
      `SELECT webhooks.id::text, url,
              (count(*) FILTER (WHERE next_attempt_at IS NOT NULL))::int AS retried,
              (count(*) FILTER (WHERE next_attempt_at IS NULL))::int AS "givenUp",
              (array_agg(last_error ORDER BY delivery.created_at DESC))[1] AS "lastError"
       FROM webhooks JOIN webhook_deliveries delivery ON webhook_id = webhooks.id
       WHERE delivered_at IS NULL AND attempts > 0 AND delivery.created_at >= $1
       GROUP BY webhooks.id ORDER BY webhooks.id`,
      { bind: [new Date(now().getTime() - days * 24 * 60 * 60 * 1000)], type: QueryTypes.SELECT },
    );
    if (failing.length === 0) return [{ level: 'ok', message: 'No webhook fails.' }];
    return failing.map(({ id, url, retried, givenUp, lastError }) => ({
      level: givenUp > 0 ? ('problem' as const) : ('notice' as const),
      // The rest of the address often is a secret.
      message: `Webhook ${id} at ${new URL(url).host} fails: messages given up ${givenUp}, tried again ${retried}. ${lastError ?? ''}`,
      mend: `Fix the receiver, or: npm run hotspots -- webhook remove ${id}`,
    }));
  },
};
