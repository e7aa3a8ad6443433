import type { PageContent } from '../extract/read-page.ts';
import type { Source } from './source.ts';

/** Where to go and what to read. One file in `crawlers/`; `src/app.ts` lists them. */
export interface Spider {
  /** The file's name; what `--spider=` takes. */
  readonly name: string;
  /** One line for `hotspots spiders`. */
  readonly description: string;
  /** The name of the pipeline that gets the items. */
  readonly pipeline: string;
  /** The links of a page that are worth reading too. The runner applies the source's limits afterwards. */
  follow(page: PageContent, visit: Visit): FollowedLink[];
}

export interface Visit {
  /** The page's address after redirects. */
  url: string;
  /** 0 for a start page; a page is one deeper than the page that led to it, "next" pages excepted. */
  depth: number;
  source: Source;
}

export interface FollowedLink {
  url: string;
  kind: RequestKind;
  /** Whether the link leads one level deeper; false for the next page of the same list, and for a feed. */
  deeper: boolean;
}

export type RequestKind = 'page' | 'sitemap';
