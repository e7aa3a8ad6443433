import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import type { Actor } from '../audit/index.ts';
import type { UndoSelection } from '../audit/undo/index.ts';
import { Run, type RunState } from './run.ts';

/** Why a source is not crawled for the time being. */
export interface SourcePause {
  sourceName: string;
  pausedAt: Date;
  pausedByEmail: string;
  reason: string;
  /** The run that gave rise to it; null when there was none, or it is gone. */
  runId: string | null;
}

/** The columns of `source_pauses` by these names. */
export const sourcePauseColumns =
  'source_name AS "sourceName", paused_at AS "pausedAt", paused_by_email AS "pausedByEmail", reason, run_id AS "runId"';

/** Why a source is paused; null when it is not. */
export async function findPause(
  sequelize: Sequelize,
  sourceName: string,
  transaction?: Transaction,
): Promise<SourcePause | null> {
  const [pause] = await sequelize.query<SourcePause>(
    `SELECT ${sourcePauseColumns} FROM source_pauses WHERE source_name = $1`,
    { bind: [sourceName], type: QueryTypes.SELECT, ...(transaction && { transaction }) },
  );
  return pause ?? null;
}

/** All paused sources, by name. */
export async function listPauses(sequelize: Sequelize): Promise<SourcePause[]> {
  return await sequelize.query<SourcePause>(
    `SELECT ${sourcePauseColumns} FROM source_pauses ORDER BY source_name`,
    { type: QueryTypes.SELECT },
  );
}

/**
 * Keeps a source from being crawled until somebody resumes it. Of a source that is paused already, the newest
 * reason is kept.
 */
export async function pauseSource(
  sequelize: Sequelize,
  sourceName: string,
  { by, reason, runId = null }: { by: Actor; reason: string; runId?: string | null },
  transaction?: Transaction,
): Promise<void> {
  await sequelize.query(
    `INSERT INTO source_pauses (source_name, paused_by_id, paused_by_email, reason, run_id)
     VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (source_name) DO UPDATE SET
       paused_by_id = excluded.paused_by_id, paused_by_email = excluded.paused_by_email,
       paused_at = now(), reason = excluded.reason, run_id = excluded.run_id`,
    { bind: [sourceName, by.id, by.email, reason, runId], ...(transaction && { transaction }) },
  );
}

/**
 * Lets a paused source be crawled again.
 *
 * @returns false when it was not paused
 */
export async function resumeSource(sequelize: Sequelize, sourceName: string): Promise<boolean> {
  const rows = await sequelize.query(
    'DELETE FROM source_pauses WHERE source_name = $1 RETURNING source_name',
    { bind: [sourceName], type: QueryTypes.SELECT },
  );
  return rows.length > 0;
}

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

/** The run that a selection is all of; null when it is a part of one, or of several. */
export function runOfSelection({ filter }: UndoSelection): string | null {
  if (filter === undefined) return null;
  const { run, ...others } = filter;
  const narrowed = Object.values(others).some((condition) => condition !== undefined);
  return typeof run === 'string' && !narrowed ? run : null;
}

/** The source that undoing a selection pauses: that of a crawl which is undone as a whole. Null when there is none to pause. */
export async function sourceToPause(
  sequelize: Sequelize,
  selection: UndoSelection,
  transaction?: Transaction,
): Promise<string | null> {
  const runId = runOfSelection(selection);
  if (runId === null) return null;
  const sourceName = (await Run.findByPk(runId, { ...(transaction && { transaction }) }))?.sourceName ?? null;
  return sourceName === null || (await findPause(sequelize, sourceName, transaction)) !== null
    ? null
    : sourceName;
}
