import {
  BelongsToMany,
  type Model,
  type ModelStatic,
  Op,
  type Transaction,
  type WhereOptions,
} from 'sequelize';
import type { ManyToManyChange } from './changes.ts';
import { inTransaction } from './in-transaction.ts';
import { objectId } from './object-id.ts';
import type { Registration, RowValues } from './registration.ts';
import { checkContext, requireContext } from './require-context.ts';
import { labelOf, writeRecordedChanges } from './write-log-entries.ts';

/** How related records are called; the registry gives it, for models it knows. */
export type LabelRelated = (model: ModelStatic<Model>, values: RowValues) => string;

interface HookOptions {
  transaction?: Transaction | null | undefined;
  where?: WhereOptions;
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
  const through = throughModel(association);
  const hookName = `auditlog:${registration.modelName}.${alias}`;
  const detached = new WeakMap<object, RowValues[]>();

  const record = async (
    operation: ManyToManyChange['operation'],
    rows: readonly RowValues[],
    options: HookOptions,
  ) => {
    const { transaction } = options;
    if (!transaction || rows.length === 0) return;
    const context = await requireContext(registration.modelName, `${operation} ${alias}`);
    if (context.withoutAudit !== null) return;
    const owners = await byKey(registration.model, sourceKey, rows, foreignKey, transaction);
    const related = await byKey(target, targetKey, rows, otherKey, transaction);
    const perOwner = Map.groupBy(rows, (row) => String(row[foreignKey]));
    const changes = [...perOwner].map(([ownerKey, ownRows]) => {
      const owner = owners.get(ownerKey) ?? { [sourceKey]: ownerKey };
      const ids = ownRows.map((row) => String(row[otherKey])).sort();
      const objects = ids.map((id) => labelRelated(target, related.get(id) ?? { [targetKey]: id }));
      return {
        model: registration.modelName,
        objectId: objectId(registration.primaryKeys, owner),
        objectLabel: labelOf(registration, owner),
        action: 'update' as const,
        changes: { [alias]: { type: 'm2m' as const, operation, objects, ids } },
        snapshot: null,
        context,
      };
    });
    await writeRecordedChanges(sequelizeOf(through), changes, transaction);
  };

  guardThrough(through, registration, alias);
  through.addHook('afterBulkCreate', hookName, (instances: readonly Model[], options: HookOptions) =>
    record(
      'add',
      instances.map((instance) => instance.dataValues),
      options,
    ),
  );
  through.addHook('afterCreate', hookName, (instance: Model, options: HookOptions) =>
    record('add', [instance.dataValues], options),
  );
  through.addHook('beforeBulkDestroy', hookName, async (options: HookOptions) => {
    const { transaction, where } = options;
    if (!transaction) return;
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

/** The rows and the entry must be committed together: writes of the through model get a transaction too. */
function guardThrough(through: ModelStatic<Model>, registration: Registration, alias: string): void {
  if (guarded.has(through)) return;
  guarded.add(through);
  const { bulkCreate, destroy } = through;
  const operation = `set ${alias}`;
  Object.defineProperty(through, 'bulkCreate', {
    configurable: true,
    writable: true,
    value(this: ModelStatic<Model>, records: readonly Record<string, unknown>[], options: HookOptions = {}) {
      checkContext(registration.modelName, operation);
      return inTransaction(sequelizeOf(this), options.transaction, (transaction) =>
        bulkCreate.call(this, records, { ...options, transaction }),
      );
    },
  });
  Object.defineProperty(through, 'destroy', {
    configurable: true,
    writable: true,
    value(this: ModelStatic<Model>, options: HookOptions = {}) {
      checkContext(registration.modelName, operation);
      return inTransaction(sequelizeOf(this), options.transaction, (transaction) =>
        Reflect.apply(destroy, this, [{ ...options, transaction }]),
      );
    },
  });
}

function throughModel(association: BelongsToMany): ModelStatic<Model> {
  const through: unknown = Reflect.get(association, 'through');
  if (typeof through === 'object' && through !== null && 'model' in through && isModel(through.model))
    return through.model;
  throw new TypeError('A belongsToMany association has a through model.');
}

function isModel(value: unknown): value is ModelStatic<Model> {
  return typeof value === 'function' && 'sequelize' in value;
}

function sequelizeOf(model: ModelStatic<Model>) {
  if (model.sequelize) return model.sequelize;
  throw new TypeError(`${model.name} is not bound to a database.`);
}
