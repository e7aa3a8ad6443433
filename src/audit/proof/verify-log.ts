import type pg from 'pg';
import type { Sequelize } from 'sequelize';
import { logActions } from '../log-entry.ts';
import { lastPruneSql, type Prune } from '../read/pruned.ts';
import { type RecordedRows, recordedRows } from '../recorded-table.ts';
import type { Registration } from '../registration.ts';
import type { JsonValue } from '../values.ts';
import { type LogProblem, ObjectReplay } from './object-replay.ts';
import { CursorRows, readSession, type TextRow } from './session.ts';

/**
 * Compares two texts as PostgreSQL's collation "C" does: by the bytes of their UTF-8.
 * JavaScript's `<` goes by UTF-16 units, which puts U+FFFD after the emoji.
 * @returns less than, equal to or greater than 0
 */
export function compareBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

/** Surrogates stand for what comes after the last unit. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit;
}

export interface VerifyLogOptions {
  /** Names of the models to verify; default all that are registered. */
  models?: readonly string[] | undefined;
  /** Only records that have an entry since then. */
  since?: Date | undefined;
  /** Is told of each problem as it is found. */
  onProblem?: (problem: LogProblem) => void;
}

export interface VerifiedModel {
  readonly model: string;
  readonly entries: number;
  readonly rows: number;
  readonly problems: number;
}

export interface VerifiedLog {
  readonly models: readonly VerifiedModel[];
  readonly problems: number;
  /** Models that record only some changes (`when`): replaying their entries says nothing. */
  readonly conditional: readonly string[];
  /** Entries of models that are not registered any more. */
  readonly unregistered: readonly { model: string; entries: number }[];
}

/**
 * Replays the log and compares the outcome with the tables, as both stand at one moment: promise 6. Needs as
 * much memory for a thousand entries as for a thousand million; the server sorts on disk.
 *
 * Reading only; writers are not held up. Masked fields are compared by whether they are null. Many-to-many
 * changes are not replayed. What was written without the log (rows older than the registration, in
 * `withoutAudit`) is a problem like any other: the log does not explain it.
 */
export async function verifyLog(
  sequelize: Sequelize,
  registrations: readonly Registration[],
  options: VerifyLogOptions = {},
): Promise<VerifiedLog> {
  const wanted = registrations.filter(({ modelName }) => options.models?.includes(modelName) ?? true);
  return readSession(sequelize, async (session) => {
    const { rows: prunes } = await session.query<Prune>(lastPruneSql);
    const prunedTo = BigInt(prunes[0]?.lastId ?? 0);
    const models: VerifiedModel[] = [];
    for (const registration of wanted.filter(({ when }) => when === null)) {
      const rows = await recordedRows(sequelize, registration);
      models.push(await verifyModel(session, registration, rows, prunedTo, options));
    }
    return {
      models,
      problems: models.reduce((sum, { problems }) => sum + problems, 0),
      conditional: wanted.filter(({ when }) => when !== null).map(({ modelName }) => modelName),
      unregistered: options.models === undefined ? await findUnregistered(session, registrations) : [],
    };
  });
}

async function verifyModel(
  session: pg.Client,
  registration: Registration,
  recorded: RecordedRows,
  prunedTo: bigint,
  { since, onProblem }: VerifyLogOptions,
): Promise<VerifiedModel> {
  const model = session.escapeLiteral(registration.modelName);
  const touched = (objectId: string) =>
    since === undefined
      ? 'true'
      : `${objectId} IN (SELECT object_id FROM log_entries WHERE model = ${model}
           AND timestamp >= ${session.escapeLiteral(since.toISOString())})`;
  const entries = await CursorRows.open(
    session,
    'verified_entries',
    `SELECT object_id, id, action, changes FROM log_entries
     WHERE model = ${model} AND action <> ${logActions.indexOf('access')} AND ${touched('object_id')}
     ORDER BY object_id COLLATE "C", id`,
  );
  const rows = await CursorRows.open(
    session,
    'verified_rows',
    `SELECT ${[recorded.objectId, ...recorded.values].join(', ')} FROM ${recorded.from}
     WHERE ${touched(recorded.objectId)}
     ORDER BY (${recorded.objectId}) COLLATE "C"`,
  );
  const counts = { entries: 0, rows: 0, problems: 0 };
  const replay = new ObjectReplay(registration, prunedTo, (problem) => {
    counts.problems += 1;
    onProblem?.(problem);
  });
  for (;;) {
    const entryKey = entries.current?.[0] ?? null;
    const rowKey = rows.current?.[0] ?? null;
    const key = smaller(entryKey, rowKey);
    if (key === null) break;
    replay.begin(key);
    for (let entry = entries.current; entry?.[0] === key; entry = entries.current) {
      counts.entries += 1;
      replay.entry(entry[1] ?? '', Number(entry[2]), entry[3] ?? '{}');
      const waiting = entries.advance();
      if (waiting !== null) await waiting;
    }
    const row = rowKey === key ? rows.current : undefined;
    replay.end(row === undefined ? null : valuesOf(row));
    if (row !== undefined) {
      counts.rows += 1;
      const waiting = rows.advance();
      if (waiting !== null) await waiting;
    }
  }
  await entries.close();
  await rows.close();
  return { model: registration.modelName, ...counts };
}

function smaller(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return compareBytes(a, b) <= 0 ? a : b;
}

/** One JSON.parse per row is several times as fast as one per value. */
function valuesOf([, ...values]: TextRow): JsonValue[] {
  return JSON.parse(`[${values.map((text) => text ?? 'null').join(',')}]`);
}

async function findUnregistered(session: pg.Client, registrations: readonly Registration[]) {
  const { rows } = await session.query<{ model: string; entries: string }>(
    `SELECT model, count(*) AS entries FROM log_entries
     WHERE model <> ALL ($1) AND action <> $2 GROUP BY model ORDER BY model`,
    [registrations.map(({ modelName }) => modelName), logActions.indexOf('access')],
  );
  return rows.map(({ model, entries }) => ({ model, entries: Number(entries) }));
}
