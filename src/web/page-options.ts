import type { FastifyPluginAsync } from 'fastify';
import type { Database } from '../database/open-database.ts';

/** What each page is given. */
export interface PageOptions {
  database: Database;
}

/** Some pages that belong together, as a plugin of Fastify. */
export type PagePlugin = FastifyPluginAsync<PageOptions>;
