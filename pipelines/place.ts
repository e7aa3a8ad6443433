import { withScraperActor, withUserActor } from '../src/audit/index.ts';
import type { PageItem, Pipeline, PipelineContext, PipelineCounts } from '../src/crawl/pipeline.ts';
import { placeKind } from './steps/place-kind.ts';
import { readPlace } from './steps/read-place.ts';
import { writeItems } from './steps/write-items.ts';
import { writeRecords } from './steps/write-records.ts';

/** Items that are places: validate, normalise, match, upsert. */
export const placePipeline: Pipeline = {
  itemKind: 'place',

  write(items, batch) {
    const { runId, person } = batch;
    const upsert = () => upsertPlaces(items, { ...batch, isByPerson: person !== undefined });
    return person === undefined
      ? withScraperActor(upsert, { runId })
      : withUserActor(person, upsert, { runId });
  },
};

/** In the actor context of whoever states the items: the hooks of the models write the log entries. */
function upsertPlaces(items: readonly PageItem[], context: PipelineContext): Promise<PipelineCounts> {
  return writeItems(items, context, {
    read: ({ item }) => readPlace(item.thing, context.source),
    write: (candidates) => writeRecords(placeKind, candidates, context),
  });
}
