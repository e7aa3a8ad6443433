import { hash } from 'node:crypto';
import type { PageItem } from '../../src/crawl/pipeline.ts';
import type { ItemSource } from '../../src/crawl/source.ts';
import type { Item, Thing } from '../../src/extract/item.ts';
import { textOf } from '../../src/extract/thing-properties.ts';
import { normaliseUrl } from '../../src/normalise/web.ts';
import { recordKinds } from '../../src/records/index.ts';
import { readingHash } from '../../src/records/reading/index.ts';

/** 128 bits of SHA-256 over the parts, in the form of a uuid column. Parts cannot run into each other. */
export function contentHash(...parts: unknown[]): string {
  return hash('sha256', JSON.stringify(parts), 'hex').slice(0, 32);
}

/** An item with the name its source calls it by, and what tells whether it is as it was last time. */
export interface IdentifiedItem extends PageItem {
  externalId: string;
  /** Whether the source gives the id to one event for good, as calendars do; an address may show another one day. */
  idIsLasting: boolean;
  /** Identifies the item on this page of this source. */
  pageKey: string;
  /** Of the item as it was read. */
  contentHash: string;
}

const maxExternalIdBytes = 600;

/**
 * Names each item. What is not given an id by its source is known by its address, by its page when it is
 * the only one there, else by its content. Items of one page that share an id (the instances of a
 * recurring event) are told apart by their start.
 *
 * Items with the same id on the same page come out as one group, in their order.
 */
export function identifyItems(items: readonly PageItem[], source: ItemSource): IdentifiedItem[][] {
  const perPage = Map.groupBy(items, (item) => item.pageId ?? item.pageUrl);
  const groups = new Map<
    string,
    Pick<IdentifiedItem, 'externalId' | 'idIsLasting'> & { items: PageItem[] }
  >();
  for (const [pageId, onPage] of perPage) {
    const perId = Map.groupBy(
      onPage,
      ({ item }) => ownId(item) ?? (onPage.length === 1 ? pageId : byContent(item.thing)),
    );
    for (const [id, alike] of perId) {
      for (const pageItem of alike) {
        const externalId = bounded(
          alike.length === 1 ? id : `${id}#${textOf(pageItem.item.thing, 'startDate') ?? ''}`,
        );
        const pageKey = contentHash(pageItem.item.kind, source.name, externalId, pageId);
        const idIsLasting = calendarId(pageItem.item) !== null;
        const group = groups.get(pageKey) ?? { externalId, idIsLasting, items: [] };
        group.items.push(pageItem);
        groups.set(pageKey, group);
      }
    }
  }
  return [...groups].map(([pageKey, { items, ...names }]) => {
    const things = items.map(({ item }) => item.thing);
    const hash = contentHash(readingOf(items[0]), source.timeZone, source.country, things);
    return items.map((item) => ({ ...item, ...names, pageKey, contentHash: hash }));
  });
}

/** What changes when items of a kind are read in another way: all of them then count as changed once. */
function readingOf(first: PageItem | undefined): string {
  const kind = recordKinds.find(({ itemKind }) => itemKind === first?.item.kind);
  return kind === undefined ? '' : readingHash(kind);
}

/** The id that the source gives: UID and instance of a calendar entry, `@id`, or address. */
function ownId(item: Item): string | null {
  const inCalendar = calendarId(item);
  if (inCalendar !== null) return inCalendar;
  const { thing } = item;
  const id = thing['@id'];
  if (id !== undefined && !id.startsWith('_:')) return id;
  const url = textOf(thing, 'url');
  return (url === null ? null : normaliseUrl(url)) ?? textOf(thing, 'identifier');
}

/** UID and day of a calendar's entry. Without the hour, the days of a series are the same when its hour changes. */
function calendarId({ syntax, thing }: Item): string | null {
  const uid = textOf(thing, 'identifier');
  if (syntax !== 'icalendar' || uid === null) return null;
  const day = textOf(thing, 'recurrenceId')?.slice(0, '2027-05-09'.length);
  return day === undefined ? uid : `${uid}#${day}`;
}

function byContent(thing: Thing): string {
  return `content:${contentHash(textOf(thing, 'name'), textOf(thing, 'startDate'), thing.address)}`;
}

/** Ids of any length come from outside; the index takes only so much. */
function bounded(externalId: string): string {
  return Buffer.byteLength(externalId) <= maxExternalIdBytes ? externalId : `hash:${contentHash(externalId)}`;
}
