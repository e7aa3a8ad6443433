import { createHash, randomUUID } from 'node:crypto';
import path from 'node:path';
import type { Sequelize } from 'sequelize';
import { type Actor, withUserActor } from '../audit/index.ts';
import type { Pipeline } from '../crawl/pipeline.ts';
import type { ItemSource } from '../crawl/source.ts';
import { retryTransaction } from '../database/retry-transaction.ts';
import { HotspotsError } from '../errors.ts';
import { HeldRun } from '../runs/index.ts';
import { exportedHere } from './edited-cells.ts';
import type { ExportKind, ImportedRow } from './exported-record.ts';
import { readableValues, type UnreadValue } from './readable-values.ts';
import { readCsv } from './readers/csv.ts';
import { readGeoJson } from './readers/geojson.ts';
import { readJsonLines } from './readers/text.ts';
import { ignoredFields } from './row-to-thing.ts';
import { type RefusedRow, type RowCounts, writeRows } from './write-rows.ts';

/** Every format that records are imported from, by the ending of its files. The only list of them. */
export const importFormats = {
  geojson: readGeoJson,
  jsonl: readJsonLines,
  csv: readCsv,
} as const satisfies Record<string, (file: string) => AsyncIterable<ImportedRow>>;

export type ImportFormatName = keyof typeof importFormats;

export interface ImportOptions {
  /** Of the file. */
  path: string;
  kind: ExportKind;
  format: ImportFormatName;
  /** The pipeline of the kind's items. */
  pipeline: Pipeline;
  /** The person who says what is in the file. */
  by: Actor;
  /** Names of the file's columns that are other than ours: theirs to ours. */
  fieldNames?: ReadonlyMap<string, string>;
  /** IANA zone of times that name none. */
  timeZone?: string | undefined;
  /** ISO 3166-1 alpha-2; how local telephone numbers and addresses are read. */
  country?: string | undefined;
  /** Counts what would be written, and takes it back. */
  dryRun?: boolean;
  /** Ends the import after the rows in hand. */
  signal?: AbortSignal;
  onBatch?: (counts: ImportCounts) => void;
  /** Told of each row that is not imported, and why. */
  onRefused?: (rows: readonly RefusedRow[]) => void;
  /** Told of each value that cannot be read and is left as it is. */
  onUnread?: (values: readonly UnreadValue[]) => void;
}

export interface ImportCounts extends RowCounts {
  rows: number;
  /** Values that could not be read. */
  unread: number;
}

export interface ImportResult extends ImportCounts {
  runId: string;
  state: 'finished' | 'stopped';
  /** Fields of the file that hold values and are not imported. */
  ignoredFields: string[];
}

const batchSize = 200;

/**
 * Writes the records of a file through the pipelines that crawls use, as a run by the person: it can be reviewed and
 * undone. What the file does not say stays as it is. A row that is not valid is refused, the others are written.
 *
 * @throws HotspotsError IMPORT_UNREADABLE and PERMISSION_DENIED for the file; what was written before stays, as part of
 *   a failed run. IMPORT_ALREADY_RUNNING
 */
export async function importRecords(sequelize: Sequelize, options: ImportOptions): Promise<ImportResult> {
  const { by, kind, format, dryRun = false, signal } = options;
  const file = path.basename(options.path);
  const rows = batches(renamed(importFormats[format](options.path), options.fieldNames));
  // Of a file that cannot be read there is no run.
  let batch = await rows.next();
  await using run = await HeldRun.begin(sequelize, {
    kind: 'import',
    requestKey: `import:${kind}:${file}`,
    by,
    details: { file, kind, format, ...(dryRun && { dryRun }) },
    busy: () =>
      new HotspotsError(
        'IMPORT_ALREADY_RUNNING',
        `Another process is importing ${file}. Wait until it is done, or stop it.`,
      ),
  });
  const source = sourceOf(file, options);
  const correlationId = randomUUID();
  const total: ImportCounts = { rows: 0, unread: 0, created: 0, updated: 0, unchanged: 0, rejected: 0 };
  const ignored = new Set<string>();
  try {
    for (; batch.done !== true && signal?.aborted !== true; batch = await rows.next()) {
      const read = batch.value.map((row) => readRow(row, options));
      const given = read.map(({ row }) => row);
      const unread = read.flatMap((each) => each.unread);
      const known = await exportedHere(sequelize, kind, given);
      const { counts, refused } = await retryTransaction(sequelize, (transaction) =>
        withUserActor(
          by,
          () => writeRows(sequelize, given, { ...options, file, source, known, transaction, runId: run.id }),
          { runId: run.id, correlationId },
        ),
      );
      for (const row of given)
        if ('values' in row) for (const field of ignoredFields(kind, row.values)) ignored.add(field);
      total.rows += given.length;
      total.unread += unread.length;
      for (const name of ['created', 'updated', 'unchanged', 'rejected'] as const)
        total[name] += counts[name];
      if (refused.length > 0) options.onRefused?.(refused);
      if (unread.length > 0) options.onUnread?.(unread);
      options.onBatch?.({ ...total });
    }
    const state = signal?.aborted ? 'stopped' : 'finished';
    await run.end(state);
    return { ...total, runId: run.id, state, ignoredFields: [...ignored] };
  } catch (error) {
    await run.end('failed', error instanceof Error ? error.message : String(error));
    if (!(error instanceof HotspotsError) || total.rows === 0) throw error;
    throw new HotspotsError(
      error.code,
      `${error.message} ${total.rows} rows before it are written, as run ${run.id}. ` +
        `What it changed: npm run review -- ${run.id}. Undo: npm run undo -- --run=${run.id}`,
      { cause: error },
    );
  }
}

function readRow(
  row: ImportedRow,
  { kind, country }: ImportOptions,
): { row: ImportedRow; unread: UnreadValue[] } {
  if (!('values' in row)) return { row, unread: [] };
  const { values, unread } = readableValues(kind, row.line, row.values, country ?? null);
  return { row: { line: row.line, values }, unread };
}

/** A file is a source of its own, by its exact name. */
function sourceOf(file: string, { timeZone, country }: ImportOptions): ItemSource {
  const readable = file
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 40);
  const exact = createHash('sha256').update(file).digest('hex').slice(0, 12);
  return {
    name: `import-${readable}-${exact}`,
    ...(timeZone !== undefined && { timeZone }),
    ...(country !== undefined && { country }),
  };
}

async function* renamed(
  rows: AsyncIterable<ImportedRow>,
  names: ReadonlyMap<string, string> = new Map(),
): AsyncGenerator<ImportedRow> {
  for await (const row of rows) {
    if (!('values' in row) || names.size === 0) yield row;
    else yield renamedRow(row.line, row.values, names);
  }
}

function renamedRow(
  line: number,
  values: Readonly<Record<string, unknown>>,
  names: ReadonlyMap<string, string>,
): ImportedRow {
  const entries = Object.entries(values).map(([name, value]) => [names.get(name) ?? name, value] as const);
  const twice = entries.find(([name], index) => entries.findIndex(([other]) => other === name) !== index);
  return twice === undefined
    ? { line, values: Object.fromEntries(entries) }
    : {
        line,
        problem: `Two columns are the field ${twice[0]}. Leave one out, or map it to a name that is no field.`,
      };
}

async function* batches(rows: AsyncIterable<ImportedRow>): AsyncGenerator<ImportedRow[]> {
  let batch: ImportedRow[] = [];
  for await (const row of rows) {
    batch.push(row);
    if (batch.length < batchSize) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
