import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import type { Actor } from '../audit/index.ts';
import type { PageItem, Pipeline, PipelineCounts } from '../crawl/pipeline.ts';
import type { ItemSource } from '../crawl/source.ts';
import { inDryRun } from '../database/dry-run.ts';
import { RejectedItem, type RejectionReason } from '../records/index.ts';
import { addCounters } from '../runs/index.ts';
import { type EditedRow, type ExportedHere, editedRow } from './edited-cells.ts';
import { recordsOf } from './export.ts';
import type { ExportedRecord, ExportedValues, ExportKind, ImportedRow } from './exported-record.ts';
import { cellData, isSaid, rowToThing } from './row-to-thing.ts';

export type RowCounts = Pick<PipelineCounts, 'created' | 'updated' | 'unchanged' | 'rejected'>;

/** A row that is not imported. */
export interface RefusedRow {
  line: number;
  reasons: readonly RejectionReason[];
}

export interface WrittenRows {
  counts: RowCounts;
  refused: RefusedRow[];
}

interface RowsOfRun {
  kind: ExportKind;
  pipeline: Pipeline;
  /** The person who states the rows. */
  by: Actor;
  /** The file's name. */
  file: string;
  source: ItemSource;
  /** The records that rows were exported from. */
  known: ReadonlyMap<ImportedRow, ExportedHere>;
  runId: string;
  transaction: Transaction;
  dryRun?: boolean;
}

/** Writes some rows of a file, and counts them, in the caller's transaction and actor context. */
export async function writeRows(
  sequelize: Sequelize,
  rows: readonly ImportedRow[],
  { dryRun = false, ...run }: RowsOfRun,
): Promise<WrittenRows> {
  const { runId, transaction } = run;
  const written = dryRun
    ? await inDryRun(sequelize, transaction, (savepoint) =>
        writeRecords(sequelize, rows, { ...run, transaction: savepoint }),
      )
    : await writeRecords(sequelize, rows, run);
  const { unchanged, rejected } = written.counts;
  await addCounters(sequelize, runId, { items: rows.length, unchanged, rejected }, transaction);
  return written;
}

async function writeRecords(
  sequelize: Sequelize,
  rows: readonly ImportedRow[],
  { kind, pipeline, by, file, source, known, runId, transaction }: Omit<RowsOfRun, 'dryRun'>,
): Promise<WrittenRows> {
  const addressOf = ({ line }: ImportedRow) => `import:${encodeURIComponent(file.toWellFormed())}#${line}`;
  await RejectedItem.bulkCreate(
    rows.flatMap((row) => {
      if (!('problem' in row)) return [];
      const reasons = [{ code: 'ROW_UNREADABLE', field: '', message: row.problem }];
      const url = addressOf(row);
      return [{ runId, kind: pipeline.itemKind, sourceName: source.name, url, reasons, raw: {} }];
    }),
    { transaction, returning: false },
  );
  const now = await recordsOf(kind, {
    where: { id: [...known.values()].map(({ id }) => id) },
    lock: transaction.LOCK.NO_KEY_UPDATE,
    transaction,
  });
  const nowById = new Map(now.map((record) => [record.values.id, record]));
  const items = rows.flatMap((row): PageItem[] => {
    if (!('values' in row)) return [];
    const exported = known.get(row);
    const record = nowById.get(exported?.id);
    const edited = exported && record ? asEdited(kind, row.values, exported, record) : null;
    const thing = rowToThing(kind, edited?.values ?? row.values);
    const item = { kind: pipeline.itemKind, syntax: 'json-ld' as const, thing };
    return [
      {
        item,
        pageUrl: addressOf(row),
        pageId: file,
        ...(exported && { recordId: exported.id }),
        ...(edited && { fields: edited.fields }),
      },
    ];
  });
  const counts = await pipeline.write(items, { transaction, runId, source, person: by });
  const refused = await refusedRows(sequelize, runId, rows, addressOf, transaction);
  const { created, updated, unchanged } = counts;
  return { counts: { created, updated, unchanged, rejected: refused.length }, refused };
}

/** What a person has edited in a row of a record; the rest as the record is now. */
function asEdited(
  kind: ExportKind,
  row: ExportedValues,
  { base }: ExportedHere,
  now: ExportedRecord,
): EditedRow {
  const { values, fields } = editedRow(kind, row, base, now.values);
  return {
    fields,
    values: {
      ...values,
      // A row that leaves the name empty keeps it.
      ...(!isSaid(values.name) && { name: now.values.name }),
      // That of an event says nothing of the place where it still is.
      ...(isCalled(values.location, now.place?.name) && { location: null }),
    },
  };
}

function isCalled(location: unknown, name: unknown): boolean {
  const place = cellData(location);
  return typeof place === 'object' && place !== null && 'name' in place && place.name === name;
}

async function refusedRows(
  sequelize: Sequelize,
  runId: string,
  rows: readonly ImportedRow[],
  addressOf: (row: ImportedRow) => string,
  transaction: Transaction,
): Promise<RefusedRow[]> {
  const lines = new Map(rows.map((row) => [addressOf(row), row.line]));
  const found = await sequelize.query<{ url: string; reasons: RejectionReason[] }>(
    `SELECT url, reasons FROM rejected_items WHERE run_id = $1 AND url = ANY($2) ORDER BY id`,
    { bind: [runId, [...lines.keys()]], type: QueryTypes.SELECT, transaction },
  );
  return found
    .map(({ url, reasons }) => ({ line: lines.get(url) ?? 0, reasons }))
    .toSorted((a, b) => a.line - b.line);
}
