import { QueryTypes } from 'sequelize';
import { withSystemActor } from '../../src/audit/actors.ts';
import type { Database } from '../../src/database/open-database.ts';
import { Event } from '../../src/records/event.ts';
import { startTestWeb, type TestWeb } from '../helpers/web-server.ts';
import { fillLog, logActors, logRuns } from './fill-log.ts';
import type { Measurement } from './rounds.ts';

const requests = 200;
const warmUp = 20;
const events = 200;

/** A page, and how it is known that it shows what it is measured with. */
interface ReviewPage {
  readonly url: (n: number) => string;
  /** What each row links to. */
  readonly link: RegExp;
  /** How many rows it has at least. */
  readonly rows: number;
}

let web: TestWeb | undefined;

/**
 * The pages of review as a signed-in viewer gets them: the 95th percentile of 200 requests to each. The rate compared
 * is pages per second at the 95th percentile, against 100 ms, or 200 ms for more than a million entries.
 *
 * @throws Error when a page is not answered with status 200, or shows fewer rows than there are
 */
export async function reviewPages(database: Database, entryCount: number): Promise<Measurement[]> {
  if (!Number.isSafeInteger(entryCount) || entryCount % logRuns !== 0)
    throw new Error(`--entries must be a multiple of ${logRuns}; given: ${entryCount}.`);
  if (web === undefined) {
    await fillLog(database, entryCount);
    await fillRuns(database);
    await fillEvents();
    web = await startTestWeb(database);
  }
  const viewer = await web.as('viewer');
  const middle = entryCount / 2;
  const actor = (n: number) => `actor=actor${n % logActors}@example.org`;
  const perRun = Math.min(50, entryCount / logRuns);
  const run = (n: number) => ((n * 7919) % logRuns) + 1;
  const record = /href="\/review\/records\/Event\/\d+/g;
  const change = /href="\/review\/changes\/\d+/g;
  const runLink = /href="\/review\/runs\/\d+/g;
  const pages: Record<string, ReviewPage> = {
    Runs: { url: () => '/review', link: runLink, rows: 50 },
    'Runs, middle page': { url: () => `/review?before=${logRuns / 2}`, link: runLink, rows: 50 },
    'Runs of a source': { url: (n) => `/review?source=town-${n % 100}`, link: runLink, rows: 50 },
    Run: { url: (n) => `/review/runs/${run(n)}`, link: record, rows: 18 },
    Changes: { url: () => '/review/changes', link: change, rows: 50 },
    'Changes, middle page': { url: () => `/review/changes?before=${middle}`, link: change, rows: 50 },
    'Changes by actor': { url: (n) => `/review/changes?${actor(n)}`, link: change, rows: 50 },
    'Changes by run': { url: (n) => `/review/changes?run=${run(n)}`, link: change, rows: perRun },
    'Changes by field': { url: () => '/review/changes?field=name', link: change, rows: 50 },
    'Changes by run and field': {
      url: (n) => `/review/changes?run=${run(n)}&field=name`,
      link: change,
      rows: perRun,
    },
    'Changes by actor and field': {
      url: (n) => `/review/changes?${actor(n)}&field=name`,
      link: change,
      rows: 50,
    },
    'Changes by source': { url: (n) => `/review/changes?source=town-${n % 100}`, link: change, rows: 50 },
    Change: { url: (n) => `/review/changes/${((n * 7919) % entryCount) + 1}`, link: change, rows: 1 },
    'Record history': {
      url: (n) => `/review/records/Event/${(n % events) + 1}`,
      link: change,
      rows: 1,
    },
  };
  const targetMs = entryCount > 1_000_000 ? 200 : 100;
  const measurements: Measurement[] = [];
  for (const [name, { url, link, rows }] of Object.entries(pages)) {
    const times: number[] = [];
    for (let n = -warmUp; n < requests; n += 1) {
      const start = performance.now();
      const { statusCode, body } = await viewer.get(url(n + warmUp));
      if (n >= 0) times.push(performance.now() - start);
      const found = body.match(link)?.length ?? 0;
      if (statusCode !== 200 || found < rows)
        throw new Error(`${url(n + warmUp)}: status ${statusCode}, ${found} rows; ${rows} were expected.`);
    }
    const p95 = times.toSorted((a, b) => a - b)[Math.floor(requests * 0.95)] ?? Number.NaN;
    process.stderr.write(`${name}: ${p95.toFixed(1)} ms at p95\n`);
    measurements.push({
      comparison: 'review-pages',
      variant: `${name}, ${entryCount} entries`,
      ours: 1000 / p95,
      baseline: 1000 / targetMs,
    });
  }
  return measurements;
}

/** Of a hundred sources; every tenth is flagged, and all but ten of those are judged. */
async function fillRuns({ sequelize }: Database): Promise<void> {
  await sequelize.query(
    `INSERT INTO runs (spider, source_name, actor_email, state, request_key, started_at, finished_at, pages, items,
                       updated, changes, flags, verdict, fields)
     SELECT 'events', 'town-' || n % 100, 'scraper@vibemap.com', 'finished', 'bench ' || n,
            now() - make_interval(hours => ${logRuns} - n), now() - make_interval(hours => ${logRuns} - n),
            20, 2000, 200, 200,
            CASE WHEN n % 10 = 0 THEN '[{"rule": "same-value", "sentence": "Event.name: one value, usually 0"}]'::jsonb ELSE '[]' END,
            CASE WHEN n % 10 = 0 AND n <= ${logRuns - 100} THEN 'good' END,
            (SELECT jsonb_agg(jsonb_build_object(
               'model', 'Event', 'field', field, 'changes', 200, 'commonestNewValue', 'Access denied', 'commonestCount', 150,
               'samples', (SELECT jsonb_agg(jsonb_build_object('objectId', sample::text, 'objectLabel', 'Concert ' || sample,
                 'old', 'Concert', 'new', 'Access denied', 'sourceUrl', 'https://example.org/events/' || sample))
                 FROM generate_series(1, 3) sample)))
             FROM unnest(ARRAY['name', 'status', 'description', 'url', 'startDate', 'endDate']) field)
     FROM generate_series(1, ${logRuns}) n`,
    { type: QueryTypes.INSERT },
  );
  await sequelize.query('VACUUM ANALYZE runs');
}

/** Some of the records whose history is looked at exist. */
async function fillEvents(): Promise<void> {
  const rows = Array.from({ length: events }, (_, n) => ({
    name: `Concert ${n}`,
    startDate: new Date('2027-05-09T19:30:00Z'),
    timeZone: 'America/Chicago',
  }));
  await withSystemActor(() => Event.bulkCreate(rows));
}
