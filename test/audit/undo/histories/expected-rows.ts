import { LogEntry } from '../../../../src/audit/log-entry.ts';
import type { UndoSelection } from '../../../../src/audit/undo/undo-plan.ts';
import type { HallRow } from './hall-rows.ts';

/** What the rules of undo say of a record, told from its entries alone. */
export interface ExpectedRow {
  /** Null when it is not there. */
  readonly row: HallRow | null;
  /** Made and written by what is undone only: it goes, unless something points to it. */
  readonly isOwn: boolean;
}

interface Entry {
  action: 'create' | 'update' | 'delete';
  changes: Record<string, readonly [unknown, unknown]>;
  isOurs: boolean;
}

const fields = { Hall: ['name', 'code', 'parentId'], Show: ['name', 'hallId'] };

/** What each record that has entries should be after the undo of a selection, by `Model/id`. */
export async function expectedRows(
  { filter }: UndoSelection,
  before: ReadonlyMap<string, HallRow>,
): Promise<Map<string, ExpectedRow>> {
  const entries = await LogEntry.findAll({ order: [['id', 'ASC']] });
  const isOurs = ({ runId, actorEmail }: LogEntry) =>
    filter?.run === undefined
      ? actorEmail === filter?.actor
      : runId !== null && [filter.run].flat().includes(runId);
  const records = Map.groupBy(entries, ({ model, objectId }) => `${model}/${objectId}`);
  return new Map(
    [...records].map(([record, own]) => {
      const history = own.map(
        (entry): Entry => ({
          action: (['create', 'update', 'delete'] as const)[entry.action] ?? 'update',
          changes: Object.fromEntries(
            Object.entries(entry.changes).flatMap(([field, change]) =>
              Array.isArray(change) ? [[field, change]] : [],
            ),
          ),
          isOurs: isOurs(entry),
        }),
      );
      const onlyName = filter?.field !== undefined;
      return [record, expectedRow(record, history, before.get(record) ?? null, onlyName)];
    }),
  );
}

function expectedRow(record: string, history: Entry[], row: HallRow | null, onlyName: boolean): ExpectedRow {
  const isOwn = !onlyName && isWhollyOurs(history);
  const isGone = row === null && (onlyName || !history.at(-1)?.isOurs || isOwn);
  if (isGone || history.every(({ isOurs }) => !isOurs)) return { row, isOwn: false };
  const [model, id] = record.split('/');
  const written = onlyName ? ['name'] : fields[model === 'Hall' ? 'Hall' : 'Show'];
  const values = written.map((field) => [field, valueBefore(history, field, row?.[field] ?? null)]);
  return { row: { id: Number(id), ...row, ...Object.fromEntries(values) }, isOwn };
}

/** Goes back through the writes of a field as long as they are ours; a creation ends it, unless we deleted it before. */
function valueBefore(history: readonly Entry[], field: string, present: unknown): unknown {
  let value = present;
  for (let index = history.length - 1; index >= 0; index -= 1) {
    const entry = history[index];
    if (entry === undefined || (entry.action === 'update' && !(field in entry.changes))) continue;
    if (!entry.isOurs) break;
    const earlier = history[index - 1];
    if (entry.action === 'create') {
      if (earlier?.action !== 'delete' || !earlier.isOurs) break;
    } else value = entry.changes[field]?.[0] ?? null;
  }
  return value;
}

/** Whether everything since the record came into being is ours. */
function isWhollyOurs(history: readonly Entry[]): boolean {
  for (let index = history.length - 1; index >= 0; index -= 1) {
    if (!history[index]?.isOurs) return false;
    const earlier = history[index - 1];
    if (history[index]?.action === 'create' && !(earlier?.action === 'delete' && earlier.isOurs)) return true;
  }
  return false;
}
