import type { Transaction } from 'sequelize';
import type { Actor } from '../audit/index.ts';
import type { Item, ItemKind } from '../extract/item.ts';
import type { ItemSource } from './source.ts';

/**
 * Turns items into records. The crawl runner passes the items of many pages at once, inside the transaction that also
 * marks those pages as done. The pipeline opens the actor context of its writes itself.
 */
export interface Pipeline {
  readonly itemKind: ItemKind;
  /**
   * Validates, normalises, matches and upserts a batch, recorded as the scraper's or as `person`'s. Must be repeatable: after a deadlock or a unique
   * conflict the runner rolls back and calls it again with the same batch.
   */
  write(items: readonly PageItem[], batch: PipelineBatch): Promise<PipelineCounts>;
}

/** One item and the page it was read from. */
export interface PageItem {
  item: Item;
  /** The page's address after redirects. */
  pageUrl: string;
  /** What tells the page from others, where its address does not: archives may hold several pages of one address. */
  pageId?: string;
  /** The record that it is about, where that is certain. */
  recordId?: string;
  /** The only fields of that record that are written; all that the item states when left out. */
  fields?: readonly string[];
}

export interface PipelineBatch {
  transaction: Transaction;
  runId: string;
  source: ItemSource;
  /** Who states the items; left out for what a spider read. */
  person?: Actor;
}

/** What the steps of a pipeline know of their batch. */
export interface PipelineContext extends PipelineBatch {
  /**
   * A person says all this, now: it is also written where it was said before and has been changed or deleted since,
   * over what people wrote, and where a source may not write it again.
   */
  isByPerson?: boolean;
}

/** How a batch ended. `created` and `updated` count records, venues of events included. */
export interface PipelineCounts {
  created: number;
  updated: number;
  /** Items that were as the records already are, or that joined a record of the same batch. */
  unchanged: number;
  rejected: number;
  /** Values that were not written because they were undone, or because a person wrote the field last. */
  held: number;
  suggested: number;
}
