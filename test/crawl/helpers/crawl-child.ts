import { crawlSource } from '../../../src/crawl/crawl-source.ts';
import { openDatabase } from '../../../src/database/open-database.ts';
import { defineModels } from '../../../src/models.ts';
import { linkSpider } from './link-spider.ts';
import { tablePipeline } from './table-pipeline.ts';
import { testSource } from './test-source.ts';

/** Crawls in a process of its own, so that it can be killed. Parameters: database URL, start URL. */
const [databaseUrl = '', startUrl = ''] = process.argv.slice(2);
await using database = await openDatabase({ url: databaseUrl, migrate: false });
defineModels(database.sequelize);
const { state } = await crawlSource({
  database,
  spider: linkSpider,
  pipeline: tablePipeline(database.sequelize),
  source: testSource(startUrl),
});
process.stdout.write(`${JSON.stringify(state)}\n`);
