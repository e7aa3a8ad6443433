import { isDeepStrictEqual } from 'node:util';
import type { Sequelize, Transaction } from 'sequelize';
import type { EntryContext } from '../context.ts';
import { type FieldChanges, type LogAction, logActions } from '../log-entry.ts';
import { objectId } from '../model-keys.ts';
import type { RecordedChange, Registration } from '../registration.ts';
import { storableAddress } from '../settings.ts';
import { type JsonValue, jsonValue, maskedValue, type RowValues, storableJson } from '../values.ts';
import { type EntryDetails, skipAudit } from './write-options.ts';

/**
 * Which recorded fields differ between two states of a row. Both states must come from the database, so
 * that equal values have equal forms ("1.50" and 1.5 cannot meet here).
 *
 * @param before null for a row that was just created.
 * @param after null for a row that was just deleted.
 */
export function fieldChanges(
  registration: Registration,
  before: RowValues | null,
  after: RowValues | null,
): FieldChanges {
  const changes: FieldChanges = {};
  for (const attribute of registration.attributes) {
    const old = jsonValue(before?.[attribute]);
    const now = jsonValue(after?.[attribute]);
    // Compared before masking: two secrets with one mask are still a change.
    if (isEqual(old, now)) continue;
    changes[attribute] = [
      maskedValue(registration, attribute, old),
      maskedValue(registration, attribute, now),
    ];
  }
  return changes;
}

function isEqual(old: JsonValue, now: JsonValue): boolean {
  if (old === now) return true;
  return typeof old === 'object' && typeof now === 'object' && isDeepStrictEqual(old, now);
}

/** One log entry before it is written. */
export interface NewLogEntry {
  /** Index into `logActions`. */
  action: number;
  model: string;
  objectId: string;
  objectLabel: string;
  changes: FieldChanges;
  snapshot: Record<string, JsonValue> | null;
  context: EntryContext;
}

/** Writes entries with one multi-row insert, in the transaction of what they record. */
export async function insertLogEntries(
  sequelize: Sequelize,
  entries: readonly NewLogEntry[],
  transaction: Transaction,
): Promise<void> {
  if (entries.length === 0) return;
  const rows = entries.map(({ context, ...entry }) => ({
    ...entry,
    actorId: context.actor.id,
    actorEmail: context.actor.email,
    runId: context.runId,
    correlationId: context.correlationId,
    remoteAddress: storableAddress(context.remoteAddress),
    sourceUrl: context.sourceUrl,
    extra: context.extra,
  }));
  await sequelize.query(
    `INSERT INTO log_entries
       (action, actor_id, run_id, model, object_id, object_label, actor_email, changes, correlation_id,
        remote_address, source_url, extra, snapshot)
     SELECT action, "actorId", "runId", model, "objectId", "objectLabel", "actorEmail", changes, "correlationId",
        "remoteAddress", "sourceUrl", extra, snapshot
     FROM json_to_recordset($1::json) AS entry (
       action smallint, "actorId" bigint, "runId" bigint, model text, "objectId" text, "objectLabel" text,
       "actorEmail" text, changes jsonb, "correlationId" text, "remoteAddress" inet, "sourceUrl" text,
       extra jsonb, snapshot jsonb)`,
    { bind: [storableJson(JSON.stringify(rows))], transaction, raw: true, ...skipAudit },
  );
}

/** Called before an entry is written. Returning false, or a promise of it, keeps the change out of the log. */
export type BeforeListener = (change: RecordedChange) => boolean | undefined | Promise<boolean | undefined>;

/** Called after an entry was written, or with the error when it could not be. */
export type AfterListener = (change: RecordedChange, error: Error | null) => void | Promise<void>;

const before = new Set<BeforeListener>();
const after = new Set<AfterListener>();

/** Adds a listener that may keep changes out of the log. Call the function it gives to remove it again. */
export function beforeLogEntry(listener: BeforeListener): () => void {
  before.add(listener);
  return () => before.delete(listener);
}

/**
 * Adds a listener that hears of every entry. It runs inside the transaction of the write: when it throws,
 * the write is rolled back. Call the function it gives to remove it again.
 */
export function afterLogEntry(listener: AfterListener): () => void {
  after.add(listener);
  return () => after.delete(listener);
}

export function hasListeners(): boolean {
  return before.size + after.size > 0;
}

/** Whether no listener objects. All are asked, in the order they were added. */
export async function askBefore(change: RecordedChange): Promise<boolean> {
  let wanted = true;
  for (const listener of before) if ((await listener(change)) === false) wanted = false;
  return wanted;
}

export async function tellAfter(changes: readonly RecordedChange[], error: Error | null): Promise<void> {
  for (const listener of after) for (const change of changes) await listener(change, error);
}

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
    attributes.map((name) => [name, maskedValue(registration, name, jsonValue(values[name]))] as const),
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
