import { QueryTypes, type Sequelize } from 'sequelize';
import { logActions } from '../log-action.ts';
import { findLogEntries } from '../reading/find-log-entries.ts';
import type { LogEntryFilter } from '../reading/log-entry-filter.ts';
import type { ReadingContext } from '../reading/reading-context.ts';
import type { RecordKey } from '../reading/record-key.ts';
import type { UndoSelection } from './undo-selection.ts';

/** A selected entry: its id and its record. */
export interface SelectedEntry extends RecordKey {
  readonly id: string;
}

const pageSize = 10_000;

/** The entries that a selection means, up to the watermark. What only read a record does not count. */
export async function selectEntries(
  sequelize: Sequelize,
  { filter, entryIds }: UndoSelection,
  watermark: string,
  context: ReadingContext,
): Promise<SelectedEntry[]> {
  if (filter === undefined) return await entriesWithIds(sequelize, entryIds ?? []);
  const selected = await fittingEntries(sequelize, filter, watermark, context);
  if (filter.field === undefined || filter.action !== undefined) return selected;
  // Creations and deletions write every field, but tell only of those that are not empty: these count too.
  const whole = await fittingEntries(
    sequelize,
    { ...filter, field: undefined, action: ['create', 'delete'] },
    watermark,
    context,
  );
  const known = new Set(selected.map(({ id }) => id));
  const records = new Set(selected.map(recordText));
  return [...selected, ...whole.filter((entry) => records.has(recordText(entry)) && !known.has(entry.id))];
}

async function fittingEntries(
  sequelize: Sequelize,
  filter: LogEntryFilter,
  watermark: string,
  context: ReadingContext,
): Promise<SelectedEntry[]> {
  const selected: SelectedEntry[] = [];
  let before: string | undefined = String(BigInt(watermark) + 1n);
  while (before !== undefined) {
    const page = await findLogEntries(sequelize, filter, { limit: pageSize, before }, context);
    for (const { id, model, objectId, action } of page.entries)
      if (action !== 'access') selected.push({ id, model, objectId });
    before = page.next ?? undefined;
  }
  return selected;
}

function recordText({ model, objectId }: RecordKey): string {
  return JSON.stringify([model, objectId]);
}

function entriesWithIds(sequelize: Sequelize, ids: readonly string[]): Promise<SelectedEntry[]> {
  return sequelize.query<SelectedEntry>(
    `SELECT id, model, object_id AS "objectId" FROM log_entries
     WHERE id = ANY($1::bigint[]) AND action <> ${logActions.indexOf('access')}`,
    { bind: [[...ids]], type: QueryTypes.SELECT },
  );
}
