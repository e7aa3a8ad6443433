import type { Sequelize } from 'sequelize';
import { findLogEntries, type LogEntryFilter, type LogEntryRow } from '../../audit/read/index.ts';
import { Run, type Verdict } from '../../models/run.ts';
import { readingContext } from '../reading-context.ts';
import { verdictsOfEntries } from '../verdicts-of-entries.ts';

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
