import type pg from 'pg';
import type { Transaction } from 'sequelize';
import { withUserActor } from '../../../src/audit/actors.ts';
import { modelWrites } from './model-writes.ts';
import {
  isModelKind,
  modelKinds,
  type OperationKind,
  psqlKinds,
  queryKinds,
  refusedKinds,
  statementOf,
} from './operation-kinds.ts';
import { type RawStatement, rawStatements } from './raw-statements.ts';
import { type Store, tagIds } from './store.ts';

/** Every way of writing that writes an entry when it is used on the rows of `makeRows`. */
export function writingKinds({ hasTriggers }: { hasTriggers: boolean }): OperationKind[] {
  if (!hasTriggers) return modelKinds.filter((kind) => !refusedKinds.includes(kind));
  const isWriting = (kind: OperationKind) =>
    !/updateWithoutChange|updateUnrecorded|deleteAndReinsert/.test(kind);
  return [...modelKinds, ...queryKinds, ...psqlKinds].filter(isWriting);
}

/** Crates 1 to 4, the first three with a parcel, of which the third is destroyed; crate 1 has a tag. */
export async function makeRows({ Crate, Parcel }: Store): Promise<void> {
  await withUserActor({ id: '1', email: 'ana@example.org' }, async () => {
    const crates = await Crate.bulkCreate([1, 2, 3, 4].map((id) => ({ id, name: `crate ${id}`, count: 2 })));
    const parcels = await Parcel.bulkCreate(
      [1, 2, 3].map((id) => ({ id, crateId: id, name: `parcel ${id}` })),
    );
    await parcels[2]?.destroy();
    const [first] = crates;
    const addTag: unknown = first && Reflect.get(first, 'addTag');
    if (typeof addTag === 'function') await Reflect.apply(addTag, first, [tagIds[2]]);
  });
}

/** Writes through the program; in `transaction`, or without one of the caller's. */
export async function writeBy(
  store: Store,
  kind: OperationKind,
  transaction: Transaction | null,
): Promise<void> {
  const ids = idsFor(kind, store);
  const options = transaction === null ? {} : { transaction };
  if (isModelKind(kind)) {
    const values = { name: 'changed', stamp: 77 };
    // Without a transaction Sequelize adds and removes tags in two of their own: then only some are added.
    const variant = kind === 'setTags' && transaction === null ? 1 : 3;
    await modelWrites[kind].run({ store, ids, id: ids[0] ?? 0, values, stamp: 77, variant, options });
  } else {
    const { sql, bind } = statement(store, kind);
    await store.sequelize.query(sql, { ...options, ...(bind && { bind: [...bind] }) });
  }
}

/** Writes through another client. */
export async function writeByPsql(client: pg.Client, store: Store, kind: OperationKind): Promise<void> {
  const { sql, bind } = statement(store, kind);
  await client.query(sql, bind === undefined ? undefined : [...bind]);
}

function statement(store: Store, kind: OperationKind): RawStatement {
  const values = { name: 'changed', count: 5, hits: 1 };
  return rawStatements[statementOf(kind)]({ ids: idsFor(kind, store), values, stamp: 77, freeId: 50 });
}

function idsFor(kind: OperationKind, { hasTriggers }: Store): number[] {
  if (kind === 'createParcel') return [4, 1];
  if (kind === 'bulkCreateParcels') return [4];
  // Without triggers the foreign keys keep what is referred to.
  if (kind === 'destroyOne' || kind === 'destroyWhere') return hasTriggers ? [1, 2] : [4];
  if (/renumber/.test(kind)) return [2];
  if (/restore/.test(kind)) return [3];
  if (/insertParcels|update|attach|insertOrUpdate/i.test(kind)) return [1, 2];
  return /create|insert|bulk/i.test(kind) ? [5, 6] : [1, 2];
}
