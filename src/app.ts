import { events } from '../crawlers/events.ts';
import { places } from '../crawlers/places.ts';
import { eventPipeline } from '../pipelines/event.ts';
import { placePipeline } from '../pipelines/place.ts';
import type { Pipeline } from './crawl/pipeline.ts';
import type { Spider } from './crawl/spider.ts';

/** Every spider by its name. The only list of them: a new spider is added here. */
export const spiders: ReadonlyMap<string, Spider> = new Map(
  [events, places].map((spider) => [spider.name, spider]),
);

/** Every pipeline by its name, as spiders name them. */
export const pipelines: ReadonlyMap<string, Pipeline> = new Map(
  [eventPipeline, placePipeline].map((pipeline) => [pipeline.name, pipeline]),
);
