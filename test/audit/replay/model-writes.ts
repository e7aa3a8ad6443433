import { literal, type Model, type ModelStatic, type Transaction } from 'sequelize';
import type { AuditOptions } from '../../../src/audit/record/write-options.ts';
import { actorOf } from './actor-of.ts';
import type { CrateValues } from './operation.ts';
import { type Store, tagIds } from './store.ts';

/** What a write is made for. */
interface WriteTarget {
  readonly store: Store;
  /** The ids of the rows that are meant, of crates and of parcels alike. */
  readonly ids: readonly number[];
  readonly id: number;
  /** Values for a crate, this write's stamp among them. */
  readonly values: CrateValues;
  readonly stamp: number;
  readonly variant: number;
  readonly options: { transaction?: Transaction };
}

/** What a write says about its own effects; an expected count of entries that is not given is not checked. */
export interface WriteResult {
  /** Entries of crates and parcels, all of which the write itself counted. */
  readonly entries?: number;
  /** As `entries`, where foreign keys may have added to them. */
  readonly atLeast?: number;
  /** Each row has an author of its own. */
  readonly hasRowDetails?: boolean;
}

export interface ModelWrite {
  /** What records it when the tables have triggers. */
  readonly by: 'hooks' | 'triggers';
  /** The call is refused where there are no triggers. */
  readonly isRefused?: boolean;
  readonly run: (target: WriteTarget) => Promise<WriteResult>;
}

/** Every way of writing that the models have. */
export const modelWrites = {
  create: hooks(async ({ store, id, values, options }) => {
    await store.Crate.create({ ...values, id }, options);
    return { entries: 1 };
  }),
  createNumberedByDatabase: hooks(async ({ store, values, options }) => {
    await store.Crate.create(values, options);
    return { entries: 1 };
  }),
  createParcel: hooks(async ({ store, ids, stamp, options }) => {
    await store.Parcel.create({ id: ids[0], crateId: ids.at(-1), name: 'parcel', stamp }, options);
    return { entries: 1 };
  }),
  bulkCreateParcels: hooks(async ({ store, ids, stamp, options }) => {
    const rows = ids.map((id) => ({ id, crateId: id, name: 'parcel', stamp }));
    await store.Parcel.bulkCreate(rows, options);
    return { entries: ids.length };
  }),
  save: hooks(async (target) => {
    const crate = await found(target.store.Crate, target);
    crate?.set(target.values);
    await crate?.save(target.options);
    return {};
  }),
  saveSomeFields: hooks(async (target) => {
    const crate = await found(target.store.Crate, target);
    crate?.set({ ...target.values, count: 55 });
    await crate?.save({ ...target.options, fields: ['count', 'stamp'] });
    return {};
  }),
  updateOne: hooks(async (target) => {
    const crate = await found(target.store.Crate, target);
    await crate?.update({ ...target.values, count: literal('count * 2') }, target.options);
    return {};
  }),
  destroyOne: hooks(async (target) => {
    await (await found(target.store.Crate, target))?.destroy(target.options);
    return {};
  }),
  destroyParcel: hooks(async (target) => {
    const parcel = await found(target.store.Parcel, target);
    await parcel?.destroy({ ...target.options, force: target.variant % 3 === 0 });
    return {};
  }),
  restoreParcel: hooks(async (target) => {
    await (await found(target.store.Parcel, target))?.restore(target.options);
    return {};
  }),
  bulkCreate: hooks(async (target) => {
    const { store, ids, values, options } = target;
    await store.Crate.bulkCreate(rowsOf(ids, values), { ...options, ...rowDetails(target) });
    return { entries: ids.length, hasRowDetails: hasRowDetails(target) };
  }),
  bulkUpsert: hooks(async (target) => {
    const { store, ids, values, options } = target;
    await store.Crate.bulkCreate(rowsOf(ids, values), {
      ...options,
      ...rowDetails(target),
      updateOnDuplicate: ['name', 'count', 'price', 'secret', 'stamp'],
      conflictAttributes: ['id'],
    });
    return { entries: ids.length, hasRowDetails: hasRowDetails(target) };
  }),
  bulkUpsertByCode: hooks(async ({ store, values, options }) => {
    await store.Crate.bulkCreate([{ ...values, code: 'shared' }], {
      ...options,
      updateOnDuplicate: ['name', 'stamp'],
    });
    return { entries: 1 };
  }),
  bulkWithIndividualHooks: hooks(async ({ store, ids, values, options }) => {
    await store.Crate.bulkCreate(rowsOf(ids, values), { ...options, individualHooks: true });
    return { entries: ids.length };
  }),
  findOrCreate: hooks(async ({ store, id, values, options }) => {
    const [, isNew] = await store.Crate.findOrCreate({ ...options, where: { id }, defaults: { ...values } });
    return { entries: isNew ? 1 : 0 };
  }),
  setTags: hooks(async (target) => {
    const crate = await found(target.store.Crate, target);
    if (crate === null) return {};
    const chosen = tagIds.filter((_, index) => ((target.variant >> index) & 1) === 1);
    const method = ['setTags', 'addTags', 'removeTags'][target.variant % 3];
    await callMixin(crate, method ?? 'setTags', chosen, target.options);
    return {};
  }),
  setParcels: triggers({ isRefused: false }, async (target) => {
    const crate = await found(target.store.Crate, target);
    if (crate === null) return {};
    const parcels = await target.store.Parcel.findAll({ where: { id: [...target.ids] }, ...target.options });
    const method = ['setParcels', 'addParcels', 'removeParcels'][target.variant % 3];
    await callMixin(crate, method ?? 'setParcels', parcels, target.options);
    return {};
  }),
  updateWhere: triggers({ isRefused: false }, async ({ store, ids, values, variant, options }) => {
    const [count] = await store.Crate.update(values, {
      ...options,
      where: { id: [...ids] },
      individualHooks: variant % 4 === 0,
    });
    return { entries: count };
  }),
  updateParcelsWhere: triggers({ isRefused: false }, async ({ store, ids, stamp, options }) => {
    const [count] = await store.Parcel.update(
      { stamp, name: 'all' },
      { ...options, where: { id: [...ids] } },
    );
    return { entries: count };
  }),
  destroyWhere: triggers({ isRefused: false }, async ({ store, ids, variant, options }) => {
    const where = { id: [...ids] };
    const count = await store.Crate.destroy({ ...options, where, individualHooks: variant % 4 === 0 });
    return { atLeast: count };
  }),
  destroyParcelsWhere: triggers({ isRefused: false }, async ({ store, ids, variant, options }) => {
    const force = variant % 3 === 0;
    const count = await store.Parcel.destroy({ ...options, where: { id: [...ids] }, force });
    return { atLeast: count };
  }),
  restoreParcelsWhere: triggers({ isRefused: false }, async ({ store, ids, options }) => {
    await store.Parcel.restore({ ...options, where: { id: [...ids] } });
    return {};
  }),
  upsert: triggers({}, async ({ store, id, values, options }) => {
    await store.Crate.upsert({ ...values, id }, options);
    return { entries: 1 };
  }),
  bulkIgnoringDuplicates: triggers({}, async ({ store, ids, values, options }) => {
    await store.Crate.bulkCreate(rowsOf(ids, values), { ...options, ignoreDuplicates: true });
    return {};
  }),
  increment: triggers({}, async ({ store, id, options }) => {
    await store.Crate.increment({ count: 3 }, { ...options, where: { id } });
    return {};
  }),
  decrementOne: triggers({}, async (target) => {
    const crate = await found(target.store.Crate, target);
    if (crate === null) await target.store.Crate.decrement('count', { ...target.options, where: { id: 0 } });
    else await crate.decrement({ count: 2 }, target.options);
    return {};
  }),
  createWithoutHooks: triggers({}, async ({ store, id, values, options }) => {
    await store.Crate.create({ ...values, id }, { ...options, hooks: false });
    return { entries: 1 };
  }),
  bulkUpsertWithoutHooks: triggers({}, async ({ store, ids, values, options }) => {
    const updateOnDuplicate = ['name', 'stamp'];
    await store.Crate.bulkCreate(rowsOf(ids, values), { ...options, updateOnDuplicate, hooks: false });
    return { entries: ids.length };
  }),
  truncate: triggers({}, async ({ store, variant, options }) => {
    if (variant % 2 === 0) await store.Crate.truncate({ ...options, cascade: true });
    else await store.Parcel.destroy({ ...options, truncate: true, cascade: true, force: true });
    return {};
  }),
} satisfies Record<string, ModelWrite>;

type Run = ModelWrite['run'];

function hooks(run: Run): ModelWrite {
  return { by: 'hooks', isRefused: false, run };
}

function triggers({ isRefused = true }: { isRefused?: boolean }, run: Run): ModelWrite {
  return { by: 'triggers', isRefused, run };
}

/** Read without a lock, so that what is remembered of the row may be stale when it is written. */
function found(model: ModelStatic<Model>, { id, options }: WriteTarget): Promise<Model | null> {
  return model.findByPk(id, { ...options, paranoid: false });
}

/** One row per id, which differ by name. */
function rowsOf(ids: readonly number[], values: CrateValues): Record<string, unknown>[] {
  return ids.map((id, index) => ({ ...values, id, ...(index > 0 && { name: `row ${index}`, code: null }) }));
}

function hasRowDetails({ variant }: WriteTarget): boolean {
  return variant % 3 === 0;
}

/** For some calls, an author for each row, in the order of `rowsOf`. */
function rowDetails(target: WriteTarget): { audit?: AuditOptions } {
  if (!hasRowDetails(target)) return {};
  return { audit: { rows: target.ids.map((id) => ({ actor: actorOf(target.stamp, id) })) } };
}

function callMixin(instance: Model, method: string, related: unknown, options: object): Promise<unknown> {
  const mixin: unknown = Reflect.get(instance, method);
  if (typeof mixin !== 'function') throw new TypeError(`The model has no ${method}.`);
  return Reflect.apply(mixin, instance, [related, { ...options }]);
}
