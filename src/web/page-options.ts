import type { FastifyPluginAsync } from 'fastify';
import type { Database } from '../database/open-database.ts';
import type { ConfiguredSource } from './configured-source.ts';

/** What each page is given. */
export interface PageOptions {
  database: Database;
  /** Reads the sources that are configured at present. */
  sources: () => Promise<readonly ConfiguredSource[]>;
}

/** Some pages that belong together, as a plugin of Fastify. */
export type PagePlugin = FastifyPluginAsync<PageOptions>;
