import { eventsSpider } from '../crawlers/events.ts';
import { placesSpider } from '../crawlers/places.ts';
import type { Pipeline } from './crawl/pipeline.ts';
import type { Spider } from './crawl/spider.ts';

/** Every spider by its name. The only list of them: a new spider is added here. */
export const spiders: ReadonlyMap<string, Spider> = new Map(
  [eventsSpider, placesSpider].map((spider) => [spider.name, spider]),
);

/** Every pipeline by the name that spiders give it, loaded when it has something to write. */
export const pipelines: ReadonlyMap<string, () => Promise<Pipeline>> = new Map([
  ['event', async () => (await import('../pipelines/event.ts')).eventPipeline],
  ['place', async () => (await import('../pipelines/place.ts')).placePipeline],
]);
