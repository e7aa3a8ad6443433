import type { PipelineContext } from '../../src/crawl/pipeline.ts';
import { contentHash } from './content-hash.ts';
import { placeKind } from './place-kind.ts';
import type { EventReading } from './read-event.ts';
import type { PlaceValues } from './read-place.ts';
import type { Candidate } from './record-kind.ts';
import { touchUnchanged } from './touch-unchanged.ts';
import { type WrittenRecords, writeRecords } from './write-records.ts';

/**
 * Writes the venues of events as places. A venue is named by what it is found by again, not by the page:
 * one venue stands on the pages of all its events.
 *
 * @returns counts of places, and the place of each event, in their order; null for events without one.
 */
export async function writeVenues(
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
  const touched = await touchUnchanged(venues, context);
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
