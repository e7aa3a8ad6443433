import pg from 'pg';

/** A log entry as it is in the table. */
export interface Entry {
  readonly id: bigint;
  /** 0 create, 1 update, 2 delete. */
  readonly action: number;
  readonly model: string;
  readonly objectId: string;
  readonly changes: Readonly<Record<string, unknown>>;
  readonly actorId: string | null;
  readonly actorEmail: string;
  readonly runId: string | null;
  readonly correlationId: string | null;
  readonly extra: Readonly<Record<string, unknown>> | null;
}

/** Values of one record by attribute, in the log's JSON. */
export type Values = Readonly<Record<string, unknown>>;

export interface RecordedState {
  /** In the order of their ids. */
  readonly entries: readonly Entry[];
  /** By `Model/id`. */
  readonly rows: ReadonlyMap<string, Values>;
  /** Ids of tags by `Crate/id`, sorted. */
  readonly tags: ReadonlyMap<string, readonly string[]>;
}

/** Which columns each model's entries have, by attribute. Written out here, not asked of the audit. */
export const recordedColumns: Readonly<
  Record<string, { table: string; columns: Readonly<Record<string, string>> }>
> = {
  Crate: {
    table: 'crates',
    columns: {
      code: 'code',
      name: 'name',
      count: 'count',
      price: 'price',
      serial: 'serial',
      weight: 'weight',
      soldAt: 'sold_at',
      soldOn: 'sold_on',
      meta: 'meta',
      marks: 'marks',
      photo: 'photo',
      secret: 'secret',
      stamp: 'stamp',
      parentId: 'parent_id',
    },
  },
  Parcel: {
    table: 'parcels',
    columns: { crateId: 'crate_id', name: 'name', count: 'count', stamp: 'stamp', deletedAt: 'deleted_at' },
  },
  Sticker: {
    table: 'stickers',
    columns: { crateId: 'crate_id', parcelId: 'parcel_id', name: 'name', stamp: 'stamp' },
  },
};

/** Dates without a time as PostgreSQL writes them: a `Date` would be one of a time zone. */
const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === pg.types.builtins.DATE ? (text: string) => text : pg.types.getTypeParser(oid, format),
};

/**
 * Reads what is compared, at one moment of the database.
 *
 * @param after only rows whose id is greater, and entries whose id is.
 */
export async function readRecordedState(
  client: pg.Client,
  after: { row: number; entry: bigint } = { row: 0, entry: 0n },
): Promise<RecordedState> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  const entries = await client.query(
    `SELECT id, action, model, object_id AS "objectId", changes, actor_id AS "actorId", actor_email AS "actorEmail",
       run_id AS "runId", correlation_id AS "correlationId", extra
     FROM log_entries WHERE id > $1 ORDER BY id`,
    [after.entry],
  );
  const rows = new Map<string, Values>();
  for (const [model, { table, columns }] of Object.entries(recordedColumns)) {
    const found = await client.query({
      text: `SELECT * FROM ${table} WHERE id > $1`,
      values: [after.row],
      types,
    });
    for (const row of found.rows) {
      const values = Object.entries(columns).map(([attribute, column]) => [attribute, asJson(row[column])]);
      rows.set(`${model}/${row.id}`, Object.fromEntries(values));
    }
  }
  const tags = await client.query<{ id: number; tags: string[] }>(
    `SELECT crate_id AS id, array_agg(tag_id::text ORDER BY tag_id) AS tags FROM crates_tags
     WHERE crate_id > $1 GROUP BY crate_id`,
    [after.row],
  );
  await client.query('COMMIT');
  return {
    entries: entries.rows.map((row) => ({ ...row, id: BigInt(row.id) })),
    rows,
    tags: new Map(tags.rows.map((row) => [`Crate/${row.id}`, row.tags])),
  };
}

/** A value that pg read, as the log has it: numeric and bigint are text already. */
function asJson(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (Buffer.isBuffer(value)) return value.toString('base64');
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  return value;
}
