import type { Model, Transaction } from 'sequelize';
import { isModel, modelOf } from '../../database/sequelize-internals.ts';
import { HotspotsError } from '../../errors.ts';
import { requireContext } from '../context.ts';
import { objectId, sequelizeOf, tableKey } from '../model-keys.ts';
import type { Registration } from '../registration.ts';
import type { RowValues } from '../values.ts';
import { watchStatements } from './atomicity.ts';
import { type RowChange, writeLogEntries } from './entries.ts';
import { lockOwnRow } from './lock-rows.ts';
import type { AuditOptions } from './write-options.ts';
import { ReturnedRows } from './write-options.ts';

/** The part of Sequelize's hook options that the audit uses. */
interface HookOptions {
  transaction?: Transaction | null | undefined;
  returning?: unknown;
  force?: boolean | undefined;
  fields?: readonly PropertyKey[] | undefined;
  individualHooks?: boolean | undefined;
  updateOnDuplicate?: unknown;
  audit?: AuditOptions;
  /** Tells the triggers that this statement, on this table, is recorded here. */
  auditTable?: string;
}

/** What is kept between the before and the after hook of one call. */
interface Pending {
  before: RowValues;
  /** The instance's values that the statement does not write, to be put back after RETURNING. */
  unwritten: RowValues;
}

/**
 * Adds the hooks that write log entries. Entries are written in `after…` hooks only: an entry made
 * before the statement would stay behind when the statement writes nothing.
 */
export function installHooks(registration: Registration): void {
  const { model, modelName, primaryKeys } = registration;
  const sequelize = sequelizeOf(model);
  watchStatements(sequelize);
  // Keyed by the options object, which Sequelize makes anew for each call and hands to both hooks.
  const pending = new WeakMap<object, Pending>();

  const lockRow = (instance: Model, options: HookOptions): Promise<RowValues | undefined> =>
    lockOwnRow(registration, modelOf(instance), instance, requireTransaction(modelName, options));
  const record = async (
    rows: readonly RowChange[],
    options: HookOptions,
    operation: string,
  ): Promise<void> => {
    const context = await requireContext(modelName, operation);
    await writeLogEntries(sequelize, registration, rows, context, requireTransaction(modelName, options));
    options.audit?.progress?.recorded();
  };
  const isDestroyedSoftly = (options: HookOptions) =>
    model.options.paranoid === true && options.force !== true;

  model.addHook('beforeCreate', 'auditlog', (instance: Model, options: HookOptions) => {
    requireTransaction(modelName, options);
    options.auditTable = tableKey(modelOf(instance));
    // Defaults and conversions happen in the database: the entry must hold what the row really holds.
    options.returning = true;
  });

  model.addHook('afterCreate', 'auditlog', (instance: Model, options: HookOptions) =>
    record([{ before: null, after: instance.dataValues }], options, 'create'),
  );

  model.addHook('beforeUpdate', 'auditlog', async (instance: Model, options: HookOptions) => {
    if (options.audit?.byTrigger === true) return;
    const before = await lockRow(instance, options);
    // A row that somebody deleted meanwhile: Sequelize updates nothing, so nothing is recorded.
    if (before === undefined) return;
    options.auditTable = tableKey(modelOf(instance));
    options.returning = true;
    pending.set(options, { before, unwritten: { ...instance.dataValues } });
  });

  model.addHook('afterUpdate', 'auditlog', async (instance: Model, options: HookOptions) => {
    const call = pending.get(options);
    if (call === undefined) return;
    pending.delete(options);
    const after = { ...instance.dataValues };
    keepUnwritten(instance, call.unwritten, new Set(options.fields));
    await record([{ before: call.before, after }], options, 'save');
  });

  // Sequelize runs the same two hooks around a deletion and around setting `deletedAt`.
  model.addHook('beforeDestroy', 'auditlog', async (instance: Model, options: HookOptions) => {
    if (options.audit?.byTrigger === true) return;
    const before = await lockRow(instance, options);
    if (before === undefined) return void leaveToTrigger(options);
    options.auditTable = tableKey(modelOf(instance));
    pending.set(options, { before, unwritten: {} });
  });

  model.addHook('afterDestroy', 'auditlog', async (instance: Model, options: HookOptions) => {
    const call = pending.get(options);
    if (call === undefined) return;
    pending.delete(options);
    const after = isDestroyedSoftly(options) ? ((await lockRow(instance, options)) ?? null) : null;
    await record([{ before: call.before, after }], options, 'destroy');
  });

  model.addHook('beforeRestore', 'auditlog', async (instance: Model, options: HookOptions) => {
    if (options.audit?.byTrigger === true) return;
    const before = await lockRow(instance, options);
    if (before === undefined) return void leaveToTrigger(options);
    options.auditTable = tableKey(modelOf(instance));
    pending.set(options, { before, unwritten: {} });
  });

  model.addHook('afterRestore', 'auditlog', async (instance: Model, options: HookOptions) => {
    const call = pending.get(options);
    if (call === undefined) return;
    pending.delete(options);
    const after = (await lockRow(instance, options)) ?? null;
    await record([{ before: call.before, after }], options, 'restore');
  });

  model.addHook(
    'beforeBulkCreate',
    'auditlog',
    (_instances: Model[], options: HookOptions & { model?: unknown }) => {
      requireTransaction(modelName, options);
      // With individual hooks each row has its own statement and its own entry.
      if (options.individualHooks === true || options.audit?.byTrigger === true) return;
      const target = isModel(options.model) ? options.model : model;
      options.auditTable = tableKey(target);
      options.returning = true;
      options.audit = { ...options.audit, returned: new ReturnedRows(target) };
    },
  );

  model.addHook('afterBulkCreate', 'auditlog', async (instances: readonly Model[], options: HookOptions) => {
    if (options.individualHooks === true || options.audit?.byTrigger === true) return;
    options.audit?.returned?.assignTo(instances);
    const locked = options.audit?.lockedRows;
    if (options.updateOnDuplicate !== undefined && locked === undefined) throw bypassed(modelName);
    const rows = instances.map((instance, index) => ({
      before: locked?.get(objectId(primaryKeys, instance.dataValues)) ?? null,
      after: instance.dataValues,
      details: options.audit?.rows?.[index],
    }));
    await record(rows, options, 'bulkCreate');
  });
}

/**
 * RETURNING gives all columns. What the statement did not write goes back to what the caller had, so
 * that unsaved changes and attributes that were never loaded stay as they were.
 */
function keepUnwritten(instance: Model, unwritten: RowValues, written: ReadonlySet<PropertyKey>): void {
  for (const attribute of Object.keys(instance.dataValues)) {
    if (written.has(attribute)) continue;
    if (attribute in unwritten) instance.dataValues[attribute] = unwritten[attribute];
    else delete instance.dataValues[attribute];
  }
}

/** For a row that is not there: should it appear before the statement runs, only its trigger can see that. */
function leaveToTrigger(options: HookOptions): void {
  options.audit = { ...options.audit, byTrigger: true };
}

function requireTransaction(modelName: string, options: HookOptions): Transaction {
  if (options.transaction) return options.transaction;
  throw bypassed(modelName);
}

function bypassed(modelName: string): HotspotsError {
  return new HotspotsError(
    'AUDIT_WRITE_REFUSED',
    `A write to ${modelName} bypassed the model's own methods, so it had no transaction to be recorded in. ` +
      `Nothing was written. Call ${modelName}.create, save, destroy or bulkCreate on the model itself.`,
  );
}
