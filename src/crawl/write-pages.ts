import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import { inDryRun } from '../database/dry-run.ts';
import { onlyRow } from '../database/only-row.ts';
import { addCounters, type RunCounters } from '../runs/index.ts';
import { cutText, storableText } from '../text.ts';
import type { NewRequest, PageOutcome } from './page.ts';
import type { Pipeline, PipelineCounts } from './pipeline.ts';
import { addRequests } from './requests.ts';
import { type RejectedRow, readRejections } from './result.ts';
import type { Source } from './source.ts';

/** The run that pages are written for. */
export interface WritingRun {
  sequelize: Sequelize;
  runId: string;
  source: Source;
  pipeline: Pipeline;
  /** Whether what the pipeline writes is rolled back. */
  dryRun: boolean;
  /** How many pages the run may ask for. */
  pageLimit: number;
}

export interface WrittenPages {
  /** Those of the run after the pages were written. */
  counters: RunCounters;
  /** How many requests were added for the links. */
  added: number;
  /** Whether the limit of pages kept links out. */
  limited: boolean;
  /** In a dry run, the items that were refused: their rows are rolled back with the rest. */
  rejections: RejectedRow[];
}

/** The most sitemaps that a run reads. */
const sitemapLimit = 200;
const longestError = 1000;

/**
 * Writes the outcomes of some pages: their items, the requests for their links, the run's counters, and that
 * the pages are done. All of it happens in the caller's transaction, or none.
 */
export async function writePages(
  run: WritingRun,
  outcomes: readonly PageOutcome[],
  transaction: Transaction,
): Promise<WrittenPages> {
  const items = itemsOf(outcomes);
  const { counts, rejections } =
    items.length === 0 ? { counts: nothing, rejections: [] } : await writeItems(run, items, transaction);
  // From here on the run's row is locked: other batches of this run wait until this one is committed.
  const before = await countPages(run, outcomes, items.length, counts, transaction);
  await markDone(run, outcomes, transaction);

  const links = outcomes.flatMap((outcome) => outcome.links);
  const isSitemap = (link: NewRequest) => link.kind === 'sitemap';
  const { sequelize, runId } = run;
  const pages = await addRequests(
    sequelize,
    transaction,
    runId,
    links.filter((link) => !isSitemap(link)),
    run.pageLimit - before.requests,
  );
  const sitemaps = await addSitemaps(run, links.filter(isSitemap), transaction);
  const counters =
    pages.added > 0 ? await addCounters(sequelize, runId, { requests: pages.added }, transaction) : before;
  return { counters, added: pages.added + sitemaps.added, limited: pages.limited, rejections };
}

/** Two requests may have been redirected to one page at the same time: its items count once. */
function itemsOf(outcomes: readonly PageOutcome[]): PageOutcome['items'] {
  const perPage = new Map<string, PageOutcome['items']>();
  for (const { redirectedTo, request, items } of outcomes)
    perPage.set(redirectedTo ?? request.uniqueKey, items);
  return [...perPage.values()].flat();
}

/** An index may name others without end, so they are counted for the whole run. */
async function addSitemaps(run: WritingRun, links: readonly NewRequest[], transaction: Transaction) {
  if (links.length === 0) return { added: 0 };
  const { sequelize, runId } = run;
  const rows = await sequelize.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM crawl_requests WHERE run_id = $1 AND kind = 'sitemap'`,
    { bind: [runId], transaction, type: QueryTypes.SELECT },
  );
  return addRequests(sequelize, transaction, runId, links, sitemapLimit - onlyRow(rows).count);
}

const nothing: PipelineCounts = {
  created: 0,
  updated: 0,
  unchanged: 0,
  rejected: 0,
  held: 0,
  suggested: 0,
};

async function writeItems(run: WritingRun, items: PageOutcome['items'], transaction: Transaction) {
  const { sequelize, runId, source, pipeline, dryRun } = run;
  if (!dryRun) return { counts: await pipeline.write(items, { transaction, runId, source }), rejections: [] };
  return await inDryRun(sequelize, transaction, async (savepoint) => ({
    counts: await pipeline.write(items, { transaction: savepoint, runId, source }),
    rejections: await readRejections(sequelize, runId, savepoint),
  }));
}

function countPages(
  { sequelize, runId }: WritingRun,
  outcomes: readonly PageOutcome[],
  items: number,
  counts: PipelineCounts,
  transaction: Transaction,
): Promise<RunCounters> {
  const those = (state: PageOutcome['state']) => outcomes.filter((outcome) => outcome.state === state);
  const added = {
    ...counts,
    pages: those('handled').filter(({ request }) => request.kind !== 'sitemap').length,
    items,
    failed: those('failed').length,
    skipped: those('skipped').length,
  };
  return addCounters(sequelize, runId, added, transaction);
}

async function markDone(run: WritingRun, outcomes: readonly PageOutcome[], transaction: Transaction) {
  await run.sequelize.query(
    `UPDATE crawl_requests SET state = done.state, status_code = done.status_code, error = done.error
     FROM unnest($1::bigint[], $2::text[], $3::smallint[], $4::text[]) AS done (id, state, status_code, error)
     WHERE crawl_requests.id = done.id`,
    {
      bind: [
        outcomes.map(({ request }) => request.id),
        outcomes.map(({ state }) => state),
        outcomes.map(({ statusCode }) => statusCode),
        outcomes.map(({ error }) => error && cutText(storableText(error), longestError)),
      ],
      transaction,
    },
  );
  const redirected = outcomes.filter(({ redirectedTo }) => redirectedTo !== null);
  if (redirected.length === 0) return;
  // So that a later link to the final address does not read the page a second time.
  await run.sequelize.query(
    `INSERT INTO crawl_requests (run_id, url, unique_key, kind, depth, state, status_code)
     SELECT $1, target.url, target.url, target.kind, target.depth, 'handled', target.status_code
     FROM unnest($2::text[], $3::text[], $4::smallint[], $5::smallint[]) AS target (url, kind, depth, status_code)
     ON CONFLICT DO NOTHING`,
    {
      bind: [
        run.runId,
        redirected.map(({ redirectedTo }) => redirectedTo),
        redirected.map(({ request }) => request.kind),
        redirected.map(({ request }) => request.depth),
        redirected.map(({ statusCode }) => statusCode),
      ],
      transaction,
    },
  );
}
