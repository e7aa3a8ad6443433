import {
  BelongsToMany,
  type Model,
  type ModelStatic,
  Op,
  type Transaction,
  type WhereOptions,
} from 'sequelize';
import { joinModelOf } from '../../database/sequelize-internals.ts';
import { HotspotsError } from '../../errors.ts';
import { checkContext, requireContext } from '../context.ts';
import type { FieldChanges, ManyToManyChange } from '../log-entry.ts';
import { sequelizeOf } from '../model-keys.ts';
import type { Registration } from '../registration.ts';
import type { RowValues } from '../values.ts';
import { abortTransaction, inTransaction } from './atomicity.ts';
import { entriesOf, writeRecordedChanges } from './entries.ts';

/** How related records are called; the registry gives it, for models it knows. */
export type LabelRelated = (model: ModelStatic<Model>, values: RowValues) => string;

interface HookOptions {
  transaction?: Transaction | null | undefined;
  where?: WhereOptions;
  individualHooks?: boolean;
}

/**
 * Records what is attached to and detached from a model's records through a many-to-many association, as an
 * update entry of the record on the registered side. Sequelize has no event for it: the rows of the through
 * model tell.
 */
export function recordManyToMany(
  registration: Registration,
  alias: string,
  labelRelated: LabelRelated,
): void {
  const association = registration.model.associations[alias];
  if (!(association instanceof BelongsToMany))
    throw new TypeError(`${alias} is no belongsToMany association.`);
  const { foreignKey, otherKey, sourceKey, targetKey, target } = association;
  const { model: through, scope } = joinModelOf(association);
  const hookName = `auditlog:${registration.modelName}.${alias}`;
  const detached = new WeakMap<object, RowValues[]>();

  const record = async (
    operation: ManyToManyChange['operation'],
    all: readonly RowValues[],
    options: HookOptions,
  ) => {
    const { transaction } = options;
    // A through model may serve several associations, with a column that says whose row it is.
    const rows = all.filter((row) => scope.every(([column, value]) => row[column] === value));
    if (!transaction || rows.length === 0) return;
    try {
      const context = await requireContext(registration.modelName, `${operation} ${alias}`);
      if (context.withoutAudit !== null) return;
      const owners = await byKey(registration.model, sourceKey, rows, foreignKey, transaction);
      const related = await byKey(target, targetKey, rows, otherKey, transaction);
      const perOwner = Map.groupBy(rows, (row) => String(row[foreignKey]));
      const entries = [...perOwner].flatMap(([ownerKey, ownRows]) => {
        const owner = owners.get(ownerKey) ?? { [sourceKey]: ownerKey };
        const ids = ownRows.map((row) => String(row[otherKey])).sort();
        const objects = ids.map((id) => labelRelated(target, related.get(id) ?? { [targetKey]: id }));
        const changes: FieldChanges = { [alias]: { type: 'm2m', operation, objects, ids } };
        return entriesOf(registration, 'update', changes, owner, context);
      });
      await writeRecordedChanges(sequelizeOf(through), entries, transaction);
    } catch (error) {
      // The rows are written: a caller that continues after the error must not commit them without their entry.
      await abortTransaction(sequelizeOf(through), transaction);
      throw error;
    }
  };

  guardThrough(through, registration, alias, [foreignKey, otherKey]);
  // With individual hooks the hooks of each row tell, and those of the whole call must not tell again.
  through.addHook('afterBulkCreate', hookName, async (instances: readonly Model[], options: HookOptions) => {
    if (options.individualHooks === true) return;
    const rows = instances.map((instance) => instance.dataValues);
    await record('add', rows, options);
  });
  through.addHook('afterCreate', hookName, (instance: Model, options: HookOptions) =>
    record('add', [instance.dataValues], options),
  );
  through.addHook('beforeBulkDestroy', hookName, async (options: HookOptions) => {
    const { transaction, where } = options;
    if (!transaction || options.individualHooks === true) return;
    // The condition names columns here; the rows that match it are those that will be gone.
    const rows = await through.unscoped().findAll({
      where: where ?? {},
      transaction,
      lock: transaction.LOCK.UPDATE,
    });
    detached.set(
      options,
      rows.map((row) => ({ ...row.dataValues })),
    );
  });
  through.addHook('afterBulkDestroy', hookName, (options: HookOptions) =>
    record('delete', detached.get(options) ?? [], options),
  );
  through.addHook('afterDestroy', hookName, (instance: Model, options: HookOptions) =>
    record('delete', [instance.dataValues], options),
  );

  // With a related record the database deletes the rows that attach it, unseen. So they are deleted before.
  const detach = async (condition: WhereOptions, { transaction, force }: DestroyOptions) => {
    if (target.options.paranoid === true && force !== true) return;
    if (through.getAttributes()[otherKey]?.onDelete?.toUpperCase() !== 'CASCADE') return;
    const options = { paranoid: false, transaction: transaction ?? null };
    const related = await target.unscoped().findAll({ ...options, where: condition });
    const where = { [otherKey]: related.map((instance) => instance.get(targetKey)) };
    if ((await through.unscoped().count({ ...options, where })) > 0)
      await through.destroy({ where, transaction: options.transaction });
  };
  target.addHook('beforeDestroy', hookName, (instance: Model, options: DestroyOptions) =>
    detach({ [targetKey]: instance.get(targetKey) }, options),
  );
  target.addHook('beforeBulkDestroy', hookName, (options: DestroyOptions) =>
    detach(options.where ?? {}, options),
  );
}

interface DestroyOptions extends HookOptions {
  force?: boolean;
}

/** The records that rows of the through model point to, by the text of the key they are pointed to by. */
async function byKey(
  model: ModelStatic<Model>,
  key: string,
  rows: readonly RowValues[],
  pointer: string,
  transaction: Transaction,
): Promise<Map<string, RowValues>> {
  const keys = [...new Set(rows.map((row) => row[pointer]))];
  const found = await model
    .unscoped()
    .findAll({ where: { [key]: { [Op.in]: keys } }, transaction, paranoid: false });
  return new Map(found.map((instance) => [String(instance.get(key)), instance.dataValues]));
}

const guarded = new WeakSet<ModelStatic<Model>>();

/**
 * The rows and the entry must be committed together: writes of the through model get a transaction too. What
 * its hooks would not see is refused.
 */
function guardThrough(
  through: ModelStatic<Model>,
  registration: Registration,
  alias: string,
  keys: readonly string[],
): void {
  if (guarded.has(through)) return;
  guarded.add(through);
  const operation = `set ${alias}`;
  const refuse = (call: string): never => {
    throw new HotspotsError(
      'AUDIT_WRITE_REFUSED',
      `${through.name}.${call} cannot be recorded on ${registration.modelName}.${alias}, so nothing was written. ` +
        "Instead, use the association's methods, or create and destroy on the through model, with hooks.",
    );
  };
  const guard = (target: object, method: string, position: number, check: Check) => {
    const original: unknown = Reflect.get(target, method);
    if (typeof original !== 'function') throw new TypeError(`${through.name} has no method ${method}.`);
    const value = async function (this: unknown, ...parameters: unknown[]) {
      checkContext(registration.modelName, operation);
      const given: unknown = parameters[position];
      const options: ThroughOptions = typeof given === 'object' ? { ...given } : {};
      if (options.hooks === false || check(this, parameters[0], options)) refuse(method);
      return inTransaction(sequelizeOf(through), options.transaction, (transaction) => {
        const passedOn = [...parameters];
        passedOn[position] = { ...options, transaction };
        return Reflect.apply(original, this, passedOn);
      });
    };
    Object.defineProperty(target, method, { value, writable: true, configurable: true });
  };
  const attaches = (values: unknown) =>
    typeof values === 'object' && values !== null && keys.some((name) => name in values);
  guard(through, 'bulkCreate', 1, (_, __, { ignoreDuplicates, updateOnDuplicate }) =>
    Boolean(ignoreDuplicates || updateOnDuplicate),
  );
  guard(through, 'destroy', 0, () => false);
  guard(through, 'update', 1, (_, values) => attaches(values));
  guard(through, 'upsert', 1, () => true);
  guard(through.prototype, 'destroy', 0, () => false);
  guard(through.prototype, 'save', 0, (row) => {
    if (!(row instanceof through) || row.isNewRecord) return false;
    const changed = row.changed() || [];
    return keys.some((name) => changed.includes(name));
  });
}

interface ThroughOptions extends HookOptions {
  hooks?: boolean;
  ignoreDuplicates?: boolean;
  updateOnDuplicate?: unknown;
}

/** Whether a call attaches or detaches in a way that hooks do not see. */
type Check = (self: unknown, first: unknown, options: ThroughOptions) => boolean;
