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
