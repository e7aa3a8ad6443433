import { withScraperActor, withUserActor } from '../src/audit/index.ts';
import type { PageItem, Pipeline, PipelineContext, PipelineCounts } from '../src/crawl/pipeline.ts';
import { eventKind } from './steps/event-kind.ts';
import { contentHash } from './steps/identify-items.ts';
import { placeKind } from './steps/place-kind.ts';
import { type EventReading, readEvent } from './steps/read-event.ts';
import type { PlaceValues } from './steps/read-place.ts';
import type { Candidate } from './steps/record-kind.ts';
import { skipUnchanged } from './steps/skip-unchanged.ts';
import { writeItems } from './steps/write-items.ts';
import { type WrittenRecords, writeRecords } from './steps/write-records.ts';

/** Items that are events: validate, normalise, write the venues as places, match, upsert. */
export const eventPipeline: Pipeline = {
  itemKind: 'event',

  write(items, batch) {
    const { runId, person } = batch;
    const upsert = () => upsertEvents(items, { ...batch, isByPerson: person !== undefined });
    return person === undefined
      ? withScraperActor(upsert, { runId })
      : withUserActor(person, upsert, { runId });
  },
};

/** In the actor context of whoever states the items: the hooks of the models write the log entries. */
function upsertEvents(items: readonly PageItem[], context: PipelineContext): Promise<PipelineCounts> {
  return writeItems(items, context, {
    read: ({ item, pageUrl }) => readEvent(item, pageUrl, context.source),
    write: (candidates) => writeEvents(candidates, context),
  });
}

/** The venues first: an event is matched by its place, and refers to it. */
async function writeEvents(
  candidates: readonly Candidate<EventReading>[],
  context: PipelineContext,
): Promise<WrittenRecords> {
  const venues = await writeVenues(candidates, context);
  const events = candidates.map((candidate, index) => {
    const placeId = venues.recordIds[index] ?? null;
    return { ...candidate, values: { ...candidate.values.event, ...(placeId !== null && { placeId }) } };
  });
  const written = await writeRecords(eventKind, events, context);
  return {
    created: venues.created + written.created,
    updated: venues.updated + written.updated,
    unchanged: written.unchanged,
    held: venues.held + written.held,
    suggested: venues.suggested + written.suggested,
    recordIds: written.recordIds,
  };
}

/**
 * Writes the venues of events as places. A venue is named by what it is found by again, not by the page:
 * one venue stands on the pages of all its events.
 *
 * @returns counts of places, and the place of each event, in their order; null for events without one.
 */
async function writeVenues(
  events: readonly Candidate<EventReading>[],
  context: PipelineContext,
): Promise<WrittenRecords> {
  const perEvent = events.map((event) => venueOf(event, context));
  // Many events of a batch share a venue; what they say of it is merged, the last word wins.
  const perVenue = Map.groupBy(
    perEvent.filter((venue) => venue !== null),
    (venue) => venue.pageKey,
  );
  const venues = [...perVenue.values()].flatMap((alike) => merged(alike));
  const touched = await skipUnchanged(venues, context);
  const changed = venues.filter((venue) => !touched.has(venue.pageKey));
  const written = await writeRecords(placeKind, changed, context);
  const placeIds = new Map([
    ...[...touched].map(([pageKey, { recordId }]) => [pageKey, recordId] as const),
    ...changed.map((venue, index) => [venue.pageKey, written.recordIds[index] ?? null] as const),
  ]);
  return { ...written, recordIds: perEvent.map((venue) => (venue && placeIds.get(venue.pageKey)) ?? null) };
}

function venueOf(event: Candidate<EventReading>, { source }: PipelineContext): Candidate<PlaceValues> | null {
  const values = event.values.venue;
  if (values === null) return null;
  const [strongest] = placeKind.keysOf(values, source.name);
  const externalId = `venue:${contentHash(strongest ?? values.name)}`;
  return {
    values,
    externalId,
    idIsLasting: true,
    pageKey: contentHash('venue', source.name, externalId),
    contentHash: contentHash(values),
    pageUrl: event.pageUrl,
  };
}

function merged(alike: readonly Candidate<PlaceValues>[]): Candidate<PlaceValues>[] {
  const [first] = alike;
  if (first === undefined) return [];
  const values: PlaceValues = { ...first.values };
  for (const venue of alike) Object.assign(values, venue.values);
  return [{ ...first, values, contentHash: contentHash(values) }];
}
