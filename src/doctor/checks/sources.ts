import { QueryTypes, type Sequelize } from 'sequelize';
import { spiders } from '../../app.ts';
import { readSources } from '../../crawl/read-sources.ts';
import type { Source } from '../../crawl/source.ts';
import { HotspotsError } from '../../errors.ts';
import { listPauses } from '../../runs/source-pauses.ts';
import type { Check } from '../check.ts';
import type { Finding } from '../finding.ts';

interface FailedCrawl {
  id: string;
  sourceName: string;
  error: string | null;
}

const longestError = 200;

/** Sources whose last crawl failed, or that are paused. */
export const sources: Check = {
  name: 'sources',
  needsTables: true,
  run: async ({ sequelize, sourcesFile }) => {
    const configured = await readConfigured(sourcesFile);
    if (!Array.isArray(configured)) return [configured];
    const names = configured.map(({ name }) => name);
    const pauses = await listPauses(sequelize);
    const paused = new Set(pauses.map(({ sourceName }) => sourceName));
    const failed = (await failedCrawls(sequelize, names)).filter(({ sourceName }) => !paused.has(sourceName));
    const findings: Finding[] = [
      ...failed.map(({ id, sourceName, error }) => ({
        level: 'problem' as const,
        message: `The last crawl of ${sourceName} failed: ${error?.slice(0, longestError) ?? 'no reason is known'}`,
        mend: `See the run, and crawl again once it is mended: npm run review -- ${id}`,
      })),
      ...pauses.map(({ sourceName, pausedAt, pausedByEmail, reason }) => ({
        level: 'notice' as const,
        message: `${sourceName} is paused since ${pausedAt.toISOString().slice(0, 10)} by ${pausedByEmail}: ${reason}`,
        mend: `Once it is mended: npm run hotspots -- resume ${sourceName}`,
      })),
    ];
    if (findings.length > 0) return findings;
    return [{ level: 'ok', message: `Sources: ${names.length}; none failed or is paused.` }];
  },
};

/** Sources, or what is wrong with the file that has them. */
async function readConfigured(file: string): Promise<Source[] | Finding> {
  try {
    return await readSources(file, [...spiders.keys()]);
  } catch (error) {
    if (!(error instanceof HotspotsError)) throw error;
    return {
      level: 'problem',
      message: error.message,
      mend: 'Correct the file; until then nothing is crawled.',
    };
  }
}

async function failedCrawls(sequelize: Sequelize, names: readonly string[]): Promise<FailedCrawl[]> {
  return await sequelize.query<FailedCrawl>(
    `SELECT last.id::text, source_name AS "sourceName", last.error
     FROM unnest($1::text[]) AS source_name CROSS JOIN LATERAL (
       SELECT id, state, error FROM runs WHERE runs.source_name = source_name.source_name AND kind = 'crawl'
       ORDER BY id DESC LIMIT 1
     ) last WHERE last.state = 'failed' ORDER BY source_name`,
    { bind: [names], type: QueryTypes.SELECT },
  );
}
