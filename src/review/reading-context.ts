import type { ReadingContext } from '../audit/read/index.ts';
import { config } from '../config.ts';
import { Run } from '../models/run.ts';

/** What reading the log needs to know of actors, sources and verdicts. */
export function readingContext(): ReadingContext {
  return {
    actorEmails: { scraper: config.scraperActorEmail, system: config.systemActorEmail },
    runsOfSource: async (sourceName) => {
      const runs = await Run.findAll({ attributes: ['id'], where: { sourceName }, order: [['id', 'DESC']] });
      return runs.map(({ id }) => id);
    },
    verdictSql: ({ id, runId }) => `coalesce(
      (SELECT nullif(verdict, 'clear') FROM (
         SELECT verdict FROM verdicts WHERE entry_id = ${id} ORDER BY verdicts.id DESC LIMIT 1) own),
      (SELECT verdict FROM runs WHERE runs.id = ${runId}))`,
  };
}
