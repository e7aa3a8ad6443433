import type { Run } from '../../models/run.ts';
import { runTitle } from '../run-title.ts';

/** The columns of exported runs. */
export const runColumns = [
  'id',
  'kind',
  'spider',
  'source',
  'actor_email',
  'state',
  'started_at',
  'finished_at',
  'pages',
  'items',
  'created',
  'updated',
  'deleted',
  'unchanged',
  'rejected',
  'failed',
  'changes',
  'undone',
  'verdict',
  'flags',
  'title',
] as const;

export type RunRow = Record<(typeof runColumns)[number], string | number | null>;

/** A run as a row of a table. */
export function runRow(run: Run): RunRow {
  const { id, kind, spider, sourceName, actorEmail, state, startedAt, finishedAt, verdict, flags } = run;
  const { pages, items, created, updated, deleted, unchanged, rejected, failed, changes, undone } = run;
  return {
    ...{ id, kind, spider, source: sourceName, actor_email: actorEmail, state },
    started_at: startedAt.toISOString(),
    finished_at: finishedAt?.toISOString() ?? null,
    ...{ pages, items, created, updated, deleted, unchanged, rejected, failed, changes, undone, verdict },
    flags: flags.map(({ sentence }) => sentence).join('; '),
    title: runTitle(run),
  };
}
