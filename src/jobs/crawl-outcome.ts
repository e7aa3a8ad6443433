import type { CrawlResult } from '../crawl/result.ts';
import { hasFailed } from '../crawl/result.ts';
import { HotspotsError } from '../errors.ts';
import type { TaskOutcome } from './task.ts';

type CrawledCounts = Pick<
  CrawlResult,
  'runId' | 'state' | 'pages' | 'created' | 'updated' | 'unchanged' | 'rejected' | 'failed' | 'failures'
>;

/**
 * How a crawl ended, as a job says it.
 *
 * @param isStopping whether the worker is to stop, so that another one has to go on
 * @throws HotspotsError CRAWL_FAILED when nothing came of it, so that it is tried again
 */
export function crawlOutcome(source: string, result: CrawledCounts, isStopping: boolean): TaskOutcome {
  const { state, runId, created, updated, unchanged, rejected, failed, failures } = result;
  const [first] = failures;
  const summary =
    `Run ${runId} of ${source} ${state}: ${created} created, ${updated} updated, ${unchanged} unchanged, ` +
    `${rejected} rejected, pages that failed: ${failed}.${first === undefined ? '' : ` ${first.url}: ${first.error}`}`;
  if (hasFailed(result)) throw new HotspotsError('CRAWL_FAILED', summary);
  if (state === 'stopped' && isStopping) return { state: 'stopped', summary };
  return { state: failed > 0 || state === 'stopped' ? 'incomplete' : 'done', summary };
}
