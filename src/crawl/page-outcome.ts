import type { PageProblem } from '../extract/page-problem.ts';
import type { CrawlRequest, NewRequest } from './crawl-request.ts';
import type { PageItem } from './pipeline.ts';

/** How the reading of a page ended, and what is to be stored for it. */
export interface PageOutcome {
  request: CrawlRequest;
  state: 'handled' | 'failed' | 'skipped';
  statusCode: number | null;
  /** Why it failed or was skipped. */
  error: string | null;
  items: PageItem[];
  links: NewRequest[];
  /** The normalised address it was redirected to, when that is not the request's own. */
  redirectedTo: string | null;
  /** How many JSON-LD blocks needed which stage of repair. */
  repairs: Readonly<Record<string, number>>;
  /** What could not be read on it. */
  problems: readonly PageProblem[];
}

/** A page that gave nothing. */
export function emptyOutcome(
  request: CrawlRequest,
  state: PageOutcome['state'],
  error: string | null,
  statusCode: number | null,
): PageOutcome {
  const nothing = { items: [], links: [], redirectedTo: null, repairs: {}, problems: [] };
  return { request, state, statusCode, error, ...nothing };
}
