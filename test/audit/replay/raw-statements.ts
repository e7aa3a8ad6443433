import type { CrateValues } from './operation.ts';

/** What a statement is made for. */
export interface StatementTarget {
  /** The ids of the rows that are meant, of crates and of parcels alike. */
  readonly ids: readonly number[];
  readonly values: CrateValues;
  readonly stamp: number;
  /** An id that is seldom in use. */
  readonly freeId: number;
}

export interface RawStatement {
  readonly sql: string;
  readonly bind?: readonly unknown[];
  /** The statement's count of rows is the count of crates and parcels it changed. */
  readonly isCounted?: boolean;
}

const columns = [
  'name',
  'code',
  'count',
  'price',
  'serial',
  'weight',
  'sold_at',
  'sold_on',
  'meta',
  'marks',
  'photo',
  'secret',
  'hits',
  'parent_id',
  'stamp',
];
const list = columns.join(', ');
/** Besides its values, the row of a crate that `$1` describes, with defaults where it is silent. */
const given = 'jsonb_populate_record(NULL::crates, \'{"count": 7, "hits": 0}\' || $1::jsonb)';
const overlaid = columns.map((column) => `(jsonb_populate_record(crates, $1::jsonb)).${column}`).join(', ');

/**
 * Statements that no hook sees, for `sequelize.query` and for other clients. Their parameters, where they have
 * any: `$1` the values as JSON by column, `$2` the ids. Statements without parameters may be several at once.
 */
export const rawStatements = {
  insert: ({ values, ids, stamp }) => ({
    sql: `INSERT INTO crates (id, ${list}) SELECT listed, ${list} FROM ${given}, unnest($2::int[]) AS listed`,
    bind: [json({ ...values, stamp }), ids],
    isCounted: true,
  }),
  insertUnlessThere: ({ values, ids, stamp }) => ({
    sql: `INSERT INTO crates (id, ${list}) SELECT listed, ${list} FROM ${given}, unnest($2::int[]) AS listed ON CONFLICT DO NOTHING`,
    bind: [json({ ...values, stamp }), ids],
    isCounted: true,
  }),
  insertOrUpdate: ({ values, ids, stamp }) => ({
    sql: `INSERT INTO crates (id, ${list}) SELECT listed, ${list} FROM ${given}, unnest($2::int[]) AS listed
      ON CONFLICT (id) DO UPDATE SET name = excluded.name, count = crates.count + 1, stamp = excluded.stamp`,
    bind: [json({ ...values, stamp }), ids],
    isCounted: true,
  }),
  update: ({ values, ids, stamp }) => ({
    sql: `UPDATE crates SET (${list}) = ROW (${overlaid}) WHERE id = ANY ($2::int[])`,
    bind: [json({ ...values, stamp }), ids],
    isCounted: true,
  }),
  insertParcels: ({ ids, stamp }) => ({
    sql: `INSERT INTO parcels (crate_id, name, stamp) SELECT listed, 'parcel', $1 FROM unnest($2::int[]) AS listed`,
    bind: [stamp, ids],
    isCounted: true,
  }),
  updateParcels: ({ ids, stamp }) => ({
    sql: 'UPDATE parcels SET count = count + 1, stamp = $1 WHERE id = ANY ($2::int[])',
    bind: [stamp, ids],
    isCounted: true,
  }),
  updateWithoutChange: ({ ids }) => ({ sql: `UPDATE crates SET count = count WHERE id IN (${ids})` }),
  updateUnrecorded: ({ ids }) => ({
    sql: `UPDATE crates SET hits = hits + 1, sold_at = sold_at + interval '1 microsecond' WHERE id IN (${ids})`,
  }),
  remove: ({ ids }) => ({ sql: `DELETE FROM crates WHERE id IN (${ids})` }),
  removeParcels: ({ ids }) => ({ sql: `DELETE FROM parcels WHERE id IN (${ids})`, isCounted: true }),
  renumber: ({ ids, freeId, stamp }) => ({
    sql: `UPDATE crates SET id = ${freeId}, stamp = ${stamp} WHERE id = ${ids[0]}`,
  }),
  several: ({ ids, stamp }) => ({
    sql: `UPDATE crates SET count = count + 1, stamp = ${stamp} WHERE id = ${ids[0]};
      UPDATE crates SET count = count + 1 WHERE id = ${ids[0]};
      DELETE FROM parcels WHERE id = ${ids[0]}`,
  }),
  inFunction: ({ ids, stamp }) => ({ sql: `SELECT add_to_crate(${ids[0]}, 2, ${stamp})` }),
  inBlock: ({ ids, stamp }) => ({
    sql: `DO $$ BEGIN
      UPDATE crates SET count = count + 1, stamp = ${stamp} WHERE id IN (${ids});
      UPDATE parcels SET deleted_at = now() WHERE id IN (${ids}) AND deleted_at IS NULL;
    END $$`,
  }),
  inBlockThatForgives: ({ ids, stamp }) => ({
    sql: `DO $$ BEGIN
      UPDATE crates SET name = 'undone', stamp = ${stamp} WHERE id IN (${ids});
      RAISE division_by_zero;
    EXCEPTION WHEN division_by_zero THEN
      UPDATE crates SET name = 'redone', stamp = ${stamp} WHERE id = ${ids[0]};
    END $$`,
  }),
  moveInOneStatement: ({ ids, stamp }) => ({
    sql: `WITH gone AS (DELETE FROM crates WHERE id IN (${ids}) RETURNING *)
      INSERT INTO crates (id, name, count, stamp) SELECT id + 500, name, count + 1, ${stamp} FROM gone`,
  }),
  deleteAndReinsert: ({ ids, stamp }) => ({
    sql: `WITH gone AS (DELETE FROM crates WHERE id IN (${ids}) RETURNING *)
      INSERT INTO crates (id, name, count, stamp) SELECT id, name, count + 1, ${stamp} FROM gone`,
  }),
  writeTwoTables: ({ ids, stamp }) => ({
    sql: `WITH changed AS (UPDATE crates SET count = count + 1, stamp = ${stamp} WHERE id IN (${ids}) RETURNING id)
      INSERT INTO stickers (crate_id, name, stamp) SELECT id, 'from a WITH', ${stamp} FROM changed`,
  }),
  merge: ({ ids, stamp }) => ({
    sql: `MERGE INTO crates USING unnest('{${ids}}'::int[]) AS wanted (id) ON crates.id = wanted.id
      WHEN MATCHED AND count % 2 = 1 THEN DELETE
      WHEN MATCHED THEN UPDATE SET count = count + 1, stamp = ${stamp}
      WHEN NOT MATCHED THEN INSERT (id, count, stamp) VALUES (wanted.id, 2, ${stamp})`,
  }),
  attachSticker: ({ ids, stamp }) => ({
    sql: `INSERT INTO stickers (crate_id, parcel_id, name, stamp)
      SELECT crate_id, parcels.id, 'both', ${stamp} FROM parcels WHERE id IN (${ids})`,
  }),
} satisfies Record<string, (target: StatementTarget) => RawStatement>;

/** Values by column, in the form that `jsonb_populate_record` reads. */
function json({ parentId, soldAt, soldOn, photo, ...values }: CrateValues): string {
  return JSON.stringify({
    ...values,
    ...(parentId !== undefined && { parent_id: parentId }),
    ...(soldAt !== undefined && { sold_at: soldAt }),
    ...(soldOn !== undefined && { sold_on: soldOn }),
    ...(photo !== undefined && { photo: Buffer.isBuffer(photo) ? `\\x${photo.toString('hex')}` : null }),
    ...(typeof values.weight === 'number' && { weight: String(values.weight) }),
  });
}
