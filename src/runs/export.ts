import type { Sequelize } from 'sequelize';
import type { JsonValue } from '../audit/index.ts';
import {
  type FieldChange,
  findLogEntries,
  type LogEntryFilter,
  type LogEntryRow,
  readChanges,
} from '../audit/read/index.ts';
import { listRuns, type RunFilter, runTitle } from './list.ts';
import { readingContext } from './log-context.ts';
import { Run, type Verdict } from './run.ts';
import { verdictsOfEntries } from './verdicts.ts';

/**
 * Rows as CSV (RFC 4180) with a line of titles. Cells that a spreadsheet would run as a formula get an apostrophe in
 * front.
 */
export async function* asCsv<Column extends string>(
  columns: readonly Column[],
  rows: AsyncIterable<Record<Column, string | number | null>>,
): AsyncGenerator<string> {
  const options = { columns: [...columns], escape_formulas: true, record_delimiter: 'windows' as const };
  const { stringify } = await import('csv-stringify/sync');
  yield stringify([], { ...options, header: true });
  for await (const row of rows) yield stringify([row], options);
}

/** One JSON text to a line (NDJSON). */
export async function* asJsonLines(values: AsyncIterable<unknown>): AsyncGenerator<string> {
  for await (const value of values) yield `${JSON.stringify(value)}\n`;
}

/** A change with what an export says of it besides. */
export interface ExportedChange {
  entry: LogEntryRow;
  verdict: Verdict | null;
  spider: string | null;
}

const changesAtATime = 500;

/** All changes that fit, the newest first, some at a time: any number of them needs no more memory than a page. */
export async function* streamChanges(
  sequelize: Sequelize,
  filter: LogEntryFilter,
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<ExportedChange> {
  const spiders = new Map<string, string | null>();
  let before: string | undefined;
  for (let left = limit; left > 0; ) {
    const page = await findLogEntries(
      sequelize,
      filter,
      { limit: Math.min(changesAtATime, left), before },
      readingContext(),
    );
    const verdicts = await verdictsOfEntries(
      sequelize,
      page.entries.map(({ id }) => id),
    );
    await addSpiders(spiders, page.entries);
    for (const entry of page.entries) {
      const spider = entry.runId === null ? null : (spiders.get(entry.runId) ?? null);
      yield { entry, verdict: verdicts.get(entry.id) ?? null, spider };
    }
    left -= page.entries.length;
    if (page.next === null) return;
    before = page.next;
  }
}

async function addSpiders(known: Map<string, Run['spider']>, entries: readonly LogEntryRow[]): Promise<void> {
  const missing = new Set(entries.flatMap(({ runId }) => (runId === null || known.has(runId) ? [] : runId)));
  if (missing.size === 0) return;
  const runs = await Run.findAll({ attributes: ['id', 'spider'], where: { id: [...missing] } });
  for (const id of missing) known.set(id, runs.find((run) => run.id === id)?.spider ?? null);
}

/** The columns of exported changes: one row for each changed field. */
export const changeColumns = [
  'id',
  'at',
  'run',
  'spider',
  'actor_email',
  'model',
  'record_id',
  'record_label',
  'action',
  'field',
  'was',
  'now',
  'source_url',
  'verdict',
] as const;

export type ChangeRow = Record<(typeof changeColumns)[number], string | null>;

/** A change as rows of a table. Values that are no text are JSON; what is empty is empty. */
export function changeRows({ entry, verdict, spider }: ExportedChange): ChangeRow[] {
  const shared = {
    id: entry.id,
    at: entry.timestamp.toISOString(),
    run: entry.runId,
    spider,
    actor_email: entry.actorEmail,
    model: entry.model,
    record_id: entry.objectId,
    record_label: entry.objectLabel,
    action: entry.action,
    source_url: entry.sourceUrl,
    verdict,
  };
  const changes = readChanges(entry.changes);
  if (changes.length === 0) return [{ ...shared, field: null, was: null, now: null }];
  return changes.map((change) => ({ ...shared, field: change.field, ...wasAndNow(change) }));
}

function wasAndNow(change: FieldChange): Pick<ChangeRow, 'was' | 'now'> {
  if (change.kind === 'value') return { was: text(change.old), now: text(change.new) };
  if (change.kind === 'unreadable') return { was: null, now: text(change.value) };
  const objects = change.objects.join(', ');
  return change.operation === 'add' ? { was: null, now: objects } : { was: objects, now: null };
}

function text(value: JsonValue): string | null {
  return value === null || typeof value === 'string' ? value : JSON.stringify(value);
}

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
    id,
    kind,
    spider,
    source: sourceName,
    actor_email: actorEmail,
    state,
    started_at: startedAt.toISOString(),
    finished_at: finishedAt?.toISOString() ?? null,
    pages,
    items,
    created,
    updated,
    deleted,
    unchanged,
    rejected,
    failed,
    changes,
    undone,
    verdict,
    flags: flags.map(({ sentence }) => sentence).join('; '),
    title: runTitle(run),
  };
}

const runsAtATime = 200;

/** All runs that fit, those that wait first, then the newest first. */
export async function* streamRuns(sequelize: Sequelize, filter: RunFilter): AsyncGenerator<Run> {
  let before: string | undefined;
  do {
    const { waiting, runs, next } = await listRuns(sequelize, filter, {
      limit: runsAtATime,
      ...(before !== undefined && { before }),
    });
    yield* waiting;
    yield* runs;
    before = next ?? undefined;
  } while (before !== undefined);
}
