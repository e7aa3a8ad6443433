import {
  type FindOptions,
  type Model,
  type ModelStatic,
  Op,
  type Sequelize,
  Transaction,
  type WhereOptions,
} from 'sequelize';
import { HotspotsError } from '../errors.ts';
import {
  Event,
  eventFilterSchema,
  eventWhere,
  Place,
  placeFilterSchema,
  placeWhere,
} from '../records/index.ts';
import {
  type ExportedRecord,
  type ExportFormat,
  type ExportKind,
  locationValues,
  recordValues,
} from './exported-record.ts';
import { ics } from './formats/ics.ts';
import { csv, geojson, jsonl } from './formats/simple.ts';

/** Every format that records are exported in, by the ending of its files. The only list of them. */
export const exportFormats = { geojson, jsonl, csv, ics } as const satisfies Record<string, ExportFormat>;

export type ExportFormatName = keyof typeof exportFormats;

/** @throws HotspotsError USAGE when records of the kind do not go into the format */
export function checkExport(kind: ExportKind, format: ExportFormatName): void {
  const { kinds } = exportFormats[format];
  if (!kinds.some((known) => known === kind))
    throw new HotspotsError('USAGE', `${kind} cannot be exported as ${format}; ${kinds.join(' and ')} can.`);
}

/** Records with their places, by their ids, in order. Places are locked only where they are what is asked for. */
export async function recordsOf(
  kind: ExportKind,
  { transaction = null, ...options }: Pick<FindOptions, 'where' | 'limit' | 'transaction' | 'lock'>,
): Promise<ExportedRecord[]> {
  const page: FindOptions = { ...options, order: [['id', 'ASC']], transaction };
  if (kind === 'places') {
    return (await find(Place, page)).map((place) => {
      const values = recordValues(place);
      return { values, place: values };
    });
  }
  const events = await find(Event, page);
  const placeIds = [...new Set(events.flatMap((event) => event.get('placeId') ?? []))];
  const places = await find(Place, { where: { id: placeIds }, transaction });
  const byId = new Map(places.map((place) => [place.get('id'), recordValues(place)]));
  return events.map((event) => {
    const place = byId.get(event.get('placeId')) ?? null;
    return { values: { ...recordValues(event), location: place && locationValues(place) }, place };
  });
}

function find(model: ModelStatic<Model>, page: FindOptions): Promise<Model[]> {
  return model.unscoped().findAll(page);
}

export interface ExportOptions {
  kind: ExportKind;
  format: ExportFormatName;
  /** In the words of an address, as lists have them; see `src/records`. */
  filter?: unknown;
  /**
   * Whether all are as they were at one moment, which takes a connection for as long as somebody reads. Else each
   * batch is as it is when it is read.
   */
  inOneSnapshot?: boolean;
}

const batchSize = 200;

/**
 * The records that fit, as text in a format, piece by piece: however many there are, only some are in memory at a time.
 *
 * @throws HotspotsError USAGE when the kind does not go into the format; ZodError when the filter is none
 */
export function exportRecords(
  sequelize: Sequelize,
  { kind, format, filter = {}, inOneSnapshot = true }: ExportOptions,
): AsyncGenerator<string> {
  checkExport(kind, format);
  const where: WhereOptions =
    kind === 'places'
      ? placeWhere(placeFilterSchema.parse(filter))
      : eventWhere(eventFilterSchema.parse(filter));
  const pieces = (transaction: Transaction | null) => write(kind, format, where, transaction);
  return inOneSnapshot ? inSnapshot(sequelize, pieces) : pieces(null);
}

async function* inSnapshot(
  sequelize: Sequelize,
  pieces: (transaction: Transaction) => AsyncGenerator<string>,
): AsyncGenerator<string> {
  const transaction = await sequelize.transaction({
    isolationLevel: Transaction.ISOLATION_LEVELS.REPEATABLE_READ,
    readOnly: true,
  });
  try {
    yield* pieces(transaction);
  } finally {
    // It has only read. A reader who goes away early ends it, too.
    await transaction.rollback();
  }
}

async function* write(
  kind: ExportKind,
  name: ExportFormatName,
  where: WhereOptions,
  transaction: Transaction | null,
): AsyncGenerator<string> {
  const format = exportFormats[name];
  yield format.begin(kind);
  let isFirst = true;
  for (let last = '0'; ; ) {
    const records = await recordsOf(kind, {
      where: { [Op.and]: [where, { id: { [Op.gt]: last } }] },
      limit: batchSize,
      transaction,
    });
    const texts = records.map((record) => {
      const text = format.record(record, isFirst);
      isFirst = false;
      return text;
    });
    if (texts.length > 0) yield texts.join('');
    if (records.length < batchSize) break;
    last = String(records.at(-1)?.values.id);
  }
  yield format.end();
}

/** Whether a word names a format that records are exported in. */
export function isExportFormat(word: string): word is ExportFormatName {
  return Object.hasOwn(exportFormats, word);
}
