import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import type { PageItem, Pipeline, PipelineCounts } from '../crawl/pipeline.ts';
import type { ItemSource } from '../crawl/source.ts';
import { Event } from '../models/event.ts';
import { Place } from '../models/place.ts';
import { RejectedItem, type RejectionReason } from '../models/rejected-item.ts';
import { editedValues } from './edited-values.ts';
import type { ExportKind } from './export-format.ts';
import type { ExportedHere } from './exported-here.ts';
import { type RecordValues, recordValues } from './exported-record.ts';
import type { ImportedRow } from './imported-row.ts';
import { rowToThing } from './row-to-thing.ts';

export type BatchCounts = Pick<PipelineCounts, 'created' | 'updated' | 'unchanged' | 'rejected'>;

/** A row that is not imported. */
export interface RefusedRow {
  line: number;
  reasons: readonly RejectionReason[];
}

export interface WrittenRows {
  counts: BatchCounts;
  refused: RefusedRow[];
}

interface RowsOfRun {
  kind: ExportKind;
  pipeline: Pipeline;
  /** The file's name. */
  file: string;
  source: ItemSource;
  /** The records that rows were exported from. */
  known: ReadonlyMap<ImportedRow, ExportedHere>;
  runId: string;
  transaction: Transaction;
  dryRun?: boolean;
}

/** Writes some rows of a file in the caller's transaction and actor context. */
export async function writeRows(
  sequelize: Sequelize,
  rows: readonly ImportedRow[],
  { kind, pipeline, file, source, known, runId, transaction, dryRun = false }: RowsOfRun,
): Promise<WrittenRows> {
  const addressOf = ({ line }: ImportedRow) => `import:${encodeURIComponent(file.toWellFormed())}#${line}`;
  if (dryRun) await sequelize.query('SAVEPOINT dry_run', { transaction });
  await RejectedItem.bulkCreate(
    rows.flatMap((row) => {
      if (!('problem' in row)) return [];
      const reasons = [{ code: 'ROW_UNREADABLE', field: '', message: row.problem }];
      const url = addressOf(row);
      return [{ runId, kind: pipeline.itemKind, sourceName: source.name, url, reasons, raw: {} }];
    }),
    { transaction, returning: false },
  );
  const now = await recordsNow(kind, [...known.values()], transaction);
  const items = rows.flatMap((row): PageItem[] => {
    if (!('values' in row)) return [];
    const exported = known.get(row);
    const values = exported === undefined ? row.values : asEdited(row.values, exported, now.get(exported.id));
    const item = { kind: pipeline.itemKind, syntax: 'json-ld' as const, thing: rowToThing(kind, values) };
    return [{ item, pageUrl: addressOf(row), pageId: file, ...(exported && { recordId: exported.id }) }];
  });
  const counts = await pipeline.write(items, { transaction, runId, source, isByPerson: true });
  const refused = await refusedRows(sequelize, runId, rows, addressOf, transaction);
  if (dryRun) await sequelize.query('ROLLBACK TO SAVEPOINT dry_run', { transaction });
  const { created, updated, unchanged } = counts;
  const written = { created, updated, unchanged, rejected: refused.length };
  await sequelize.query(
    `UPDATE runs SET items = items + $2, unchanged = unchanged + $3, rejected = rejected + $4 WHERE id = $1`,
    { bind: [runId, rows.length, unchanged, refused.length], type: QueryTypes.UPDATE, transaction },
  );
  return { counts: written, refused };
}

/** What a person has edited in a row of a record; the rest as the record is now. */
function asEdited(
  values: RecordValues,
  { base }: ExportedHere,
  now: { values: RecordValues; place: RecordValues | null } | undefined,
): RecordValues {
  if (now === undefined) return values;
  const edited = base === null ? { ...values } : { ...editedValues(values, base, now.values) };
  // A row keeps its name where it leaves that empty, and that of an event says nothing of the place where it still is.
  edited.name ??= now.values.name;
  return isAt(edited.location, now.place) ? { ...edited, location: null } : edited;
}

function isAt(location: unknown, place: RecordValues | null): boolean {
  if (place === null) return false;
  const name = JSON.stringify(place.name);
  const text = typeof location === 'string' ? location : JSON.stringify(location ?? null);
  return text.includes(`"name":${name}`);
}

async function recordsNow(kind: ExportKind, exported: readonly ExportedHere[], transaction: Transaction) {
  const ids = exported.map(({ id }) => id);
  const page = { where: { id: ids }, order: [['id', 'ASC']] as [string, string][], transaction };
  const lock = transaction.LOCK.NO_KEY_UPDATE;
  if (kind === 'places') {
    const places = await Place.unscoped().findAll({ ...page, lock });
    return new Map(places.map((place) => [place.id, { values: recordValues(place), place: null }]));
  }
  const events = await Event.unscoped().findAll({ ...page, lock });
  const placeIds = events.flatMap(({ placeId }) => placeId ?? []);
  const places = await Place.unscoped().findAll({ where: { id: placeIds }, transaction });
  const byId = new Map(places.map((place) => [place.id, recordValues(place)]));
  return new Map(
    events.map((event) => [
      event.id,
      { values: recordValues(event), place: byId.get(event.placeId ?? '') ?? null },
    ]),
  );
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
