import type { CrawlResult } from './crawl-options.ts';

/** Whether a crawl came to nothing, and not only some of its pages. */
export function hasFailed({
  state,
  pages,
  failed,
}: Pick<CrawlResult, 'state' | 'pages' | 'failed'>): boolean {
  return state === 'failed' || (pages === 0 && failed > 0);
}
