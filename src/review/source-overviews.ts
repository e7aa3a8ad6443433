import { QueryTypes, type Sequelize } from 'sequelize';
import type { RunState } from '../models/run.ts';

/** A run of a source, in short. */
export interface SourceRun {
  id: string;
  state: RunState;
  startedAt: string;
  finishedAt: string | null;
}

/** What has become of a source so far. */
export interface SourceOverview {
  sourceName: string;
  /** The newest first. */
  lastRuns: SourceRun[];
  /** Records that the source is known to show. */
  records: number;
  openSuggestions: number;
  holds: number;
}

const mostRuns = 3;

/** Every source that was ever crawled or paused, by name. */
export async function sourceOverviews(sequelize: Sequelize): Promise<SourceOverview[]> {
  return await sequelize.query<SourceOverview>(
    `WITH named AS (
       SELECT source_name FROM runs WHERE source_name IS NOT NULL UNION SELECT source_name FROM source_pauses
     ), suggested AS (
       SELECT source_name, count(*)::int AS count FROM suggestions WHERE state = 'open' GROUP BY 1
     ), held AS (
       SELECT source_name, count(*)::int AS count FROM holds WHERE released_at IS NULL GROUP BY 1
     ), shown AS (
       SELECT source_name, count(DISTINCT (place_id, event_id))::int AS count FROM source_records GROUP BY 1
     )
     SELECT named.source_name AS "sourceName",
            coalesce(shown.count, 0) AS records,
            coalesce(suggested.count, 0) AS "openSuggestions",
            coalesce(held.count, 0) AS holds,
            (SELECT coalesce(json_agg(run ORDER BY run.id DESC), '[]') FROM (
               SELECT id::text, state, started_at AS "startedAt", finished_at AS "finishedAt"
               FROM runs WHERE runs.source_name = named.source_name ORDER BY runs.id DESC LIMIT ${mostRuns}
             ) run) AS "lastRuns"
     FROM named
     LEFT JOIN shown USING (source_name) LEFT JOIN suggested USING (source_name) LEFT JOIN held USING (source_name)
     ORDER BY named.source_name`,
    { type: QueryTypes.SELECT },
  );
}
