import type { Sequelize, Transaction } from 'sequelize';
import type { EntryDetails } from './audit-options.ts';
import type { FieldChanges } from './changes.ts';
import type { EntryContext } from './entry-context.ts';
import { fieldChanges, shown } from './field-changes.ts';
import { insertLogEntries, type NewLogEntry } from './insert-log-entries.ts';
import { jsonValue } from './json-value.ts';
import { askBefore, hasListeners, tellAfter } from './listeners.ts';
import { type LogAction, logActions } from './log-action.ts';
import { objectId } from './object-id.ts';
import type { RecordedChange, Registration, RowValues } from './registration.ts';

/** One row's way from one state to another. `before` is null on create, `after` is null on delete. */
export interface RowChange {
  before: RowValues | null;
  after: RowValues | null;
  details?: EntryDetails | undefined;
}

const maxLabelLength = 200;

/**
 * Writes the log entries of one statement with one multi-row insert, in the statement's own transaction.
 * A row that did not really change gets none, nor does one that the registration or a listener leaves out.
 */
export async function writeLogEntries(
  sequelize: Sequelize,
  registration: Registration,
  rows: readonly RowChange[],
  context: EntryContext,
  transaction: Transaction,
): Promise<void> {
  if (context.withoutAudit !== null) return;
  const changes = rows.flatMap((row) => recordedChange(registration, row, context));
  await writeRecordedChanges(sequelize, changes, transaction);
}

/** A change with what else its entry carries. */
export interface EntryToWrite extends RecordedChange, Pick<NewLogEntry, 'snapshot' | 'context'> {}

/** Asks the listeners, writes the entries, tells the listeners. */
export async function writeRecordedChanges(
  sequelize: Sequelize,
  changes: readonly EntryToWrite[],
  transaction: Transaction,
): Promise<void> {
  const wanted = hasListeners() ? await withoutVetoed(changes) : changes;
  const entries = wanted.map(({ action, ...entry }) => ({ ...entry, action: logActions.indexOf(action) }));
  try {
    await insertLogEntries(sequelize, entries, transaction);
  } catch (error) {
    if (error instanceof Error) await tellAfter(wanted, error);
    throw error;
  }
  if (hasListeners()) await tellAfter(wanted, null);
}

async function withoutVetoed(changes: readonly EntryToWrite[]): Promise<EntryToWrite[]> {
  const wanted: EntryToWrite[] = [];
  for (const change of changes) if (await askBefore(change)) wanted.push(change);
  return wanted;
}

function recordedChange(registration: Registration, row: RowChange, context: EntryContext): EntryToWrite[] {
  const changes = fieldChanges(registration, row.before, row.after);
  const action = actionOf(row);
  if (action === 'update' && Object.keys(changes).length === 0) return [];
  const values = row.after ?? row.before ?? {};
  return entriesOf(registration, action, changes, values, context, row.details);
}

/** The entry of a change with all that the registration adds to it; none where its condition is not met. */
export function entriesOf(
  registration: Registration,
  action: LogAction,
  changes: FieldChanges,
  values: RowValues,
  context: EntryContext,
  details?: EntryDetails,
): EntryToWrite[] {
  const change: RecordedChange = {
    model: registration.modelName,
    objectId: objectId(registration.primaryKeys, values),
    objectLabel: labelOf(registration, values),
    action,
    changes,
  };
  if (registration.when !== null && !registration.when(change)) return [];
  const snapshot = registration.snapshot ? snapshotOf(registration, values) : null;
  return [{ ...change, snapshot, context: contextOf(registration, details, values, context) }];
}

function contextOf(
  registration: Registration,
  details: EntryDetails | undefined,
  values: RowValues,
  context: EntryContext,
): EntryContext {
  if (details === undefined && registration.extra === null) return context;
  return {
    ...context,
    actor: details?.actor ?? context.actor,
    sourceUrl: details?.sourceUrl === undefined ? context.sourceUrl : details.sourceUrl,
    extra:
      details?.extra === undefined && registration.extra === null
        ? context.extra
        : { ...context.extra, ...registration.extra?.(values), ...details?.extra },
  };
}

function snapshotOf(registration: Registration, values: RowValues) {
  const attributes = [...registration.primaryKeys, ...registration.attributes];
  return Object.fromEntries(
    attributes.map((name) => [name, shown(registration, name, jsonValue(values[name]))] as const),
  );
}

function actionOf(row: RowChange): LogAction {
  if (row.before === null) return 'create';
  return row.after === null ? 'delete' : 'update';
}

/** A label that cannot be computed must not stop the entry: the write it records is more important. */
export function labelOf(registration: Registration, values: RowValues): string {
  try {
    // Cut by code points: half a surrogate pair is not text that PostgreSQL accepts.
    return [...registration.label(values)].slice(0, maxLabelLength).join('');
  } catch (error) {
    const reason = error instanceof Error ? error.name : 'unknown error';
    return `${registration.modelName} ${objectId(registration.primaryKeys, values)} (no label: ${reason})`;
  }
}
