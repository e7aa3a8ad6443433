import { eventsSpider } from '../../../crawlers/events.ts';
import { eventPipeline } from '../../../pipelines/event.ts';
import { crawlSource } from '../../../src/crawl/crawl-source.ts';
import { openDatabase } from '../../../src/database/open-database.ts';
import { defineModels } from '../../../src/models.ts';
import { testSource } from './test-source.ts';

/** The real spider and pipeline for events, in a process that can be killed. Parameters: database URL, start URL. */
const [databaseUrl = '', startUrl = ''] = process.argv.slice(2);
await using database = await openDatabase({ url: databaseUrl, migrate: false });
defineModels(database.sequelize);
const { state } = await crawlSource({
  database,
  spider: eventsSpider,
  pipeline: eventPipeline,
  source: testSource(startUrl, { timeZone: 'America/Chicago', limits: { concurrency: 16 } }),
});
process.stdout.write(`${JSON.stringify(state)}\n`);
