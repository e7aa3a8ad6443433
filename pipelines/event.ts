import type { PageItem, Pipeline, PipelineContext, PipelineCounts } from '../src/crawl/pipeline.ts';
import { eventKind } from './steps/event-kind.ts';
import { type EventReading, readEvent } from './steps/read-event.ts';
import type { Candidate } from './steps/record-kind.ts';
import { writeItems } from './steps/write-items.ts';
import { type WrittenRecords, writeRecords } from './steps/write-records.ts';
import { writeVenues } from './steps/write-venues.ts';

/** Items that are events: validate, normalise, write the venues as places, match, upsert. */
export const eventPipeline: Pipeline = {
  name: 'event',
  itemKind: 'event',

  write(items: readonly PageItem[], context: PipelineContext): Promise<PipelineCounts> {
    return writeItems(items, context, {
      read: ({ item, pageUrl }) => readEvent(item, pageUrl, context.source),
      write: (candidates) => writeEvents(candidates, context),
    });
  },
};

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
