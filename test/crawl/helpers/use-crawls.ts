import { QueryTypes } from 'sequelize';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { crawlSource } from '../../../src/crawl/crawl-source.ts';
import type { CrawlOptions, CrawlResult } from '../../../src/crawl/result.ts';
import type { Database } from '../../../src/database/open-database.ts';
import { defineModels } from '../../../src/models.ts';
import { createTestDatabase } from '../../helpers/test-database.ts';
import { linkSpider } from './link-spider.ts';
import { createItemTable, tablePipeline } from './table-pipeline.ts';

export interface Crawls {
  readonly database: Database;
  /** Crawls with a spider that follows all links and a pipeline that writes items into a table of the test. */
  crawl(options: Pick<CrawlOptions, 'source'> & Partial<CrawlOptions>): Promise<CrawlResult>;
  select<Row extends object>(sql: string): Promise<Row[]>;
  /** In alphabetical order. */
  writtenNames(): Promise<string[]>;
}

/** A database for the crawls of a test file, empty at the start of each test. */
export function useCrawls(): Crawls {
  let database: Database | undefined;
  const opened = () => {
    if (database === undefined) throw new Error('The database is opened before the first test.');
    return database;
  };
  const select = <Row extends object>(sql: string) =>
    opened().sequelize.query<Row>(sql, { type: QueryTypes.SELECT });

  beforeAll(async () => {
    database = await createTestDatabase();
    defineModels(database.sequelize);
    await createItemTable(database.sequelize);
  });
  afterAll(() => database?.close());
  beforeEach(() => opened().sequelize.query('TRUNCATE written_items, runs CASCADE'));

  return {
    get database() {
      return opened();
    },
    crawl: (options) =>
      crawlSource({
        database: opened(),
        spider: linkSpider,
        pipeline: tablePipeline(opened().sequelize),
        ...options,
      }),
    select,
    async writtenNames() {
      const rows = await select<{ name: string }>('SELECT name FROM written_items ORDER BY name');
      return rows.map(({ name }) => name);
    },
  };
}
