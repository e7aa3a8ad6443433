import { Op, type Sequelize, Transaction, type WhereOptions } from 'sequelize';
import { eventFilterSchema, eventWhere, placeFilterSchema, placeWhere } from '../records/filters.ts';
import { checkExport } from './check-export.ts';
import type { ExportKind } from './export-format.ts';
import { type ExportFormatName, exportFormats } from './export-formats.ts';
import { recordsOf } from './records-of.ts';

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
