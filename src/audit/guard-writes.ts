import type {
  BulkCreateOptions,
  FindOrCreateOptions,
  InstanceDestroyOptions,
  Model,
  SaveOptions,
} from 'sequelize';
import { HotspotsError } from '../errors.ts';
import { type BoundModel, bulkUpsert } from './bulk-upsert.ts';
import { inTransaction } from './in-transaction.ts';
import type { Registration } from './registration.ts';
import { requireContext } from './require-context.ts';

/** Ways of writing whose hooks do not say which rows changed, or that fire none. */
const refusedStatics = {
  update: 'load the rows and save each, or use bulkCreate with updateOnDuplicate',
  destroy: 'load the rows and destroy each',
  restore: 'load the rows and save each',
  truncate: 'load the rows and destroy each',
  upsert: 'use bulkCreate([row], { updateOnDuplicate: [...] })',
  increment: 'load the row FOR UPDATE, add, and save it',
  decrement: 'load the row FOR UPDATE, subtract, and save it',
} as const;

/**
 * Puts a shell around the model's writing methods: what hooks alone cannot do. It refuses calls outside an
 * actor context, calls without hooks and calls whose changes cannot be recorded, and gives a transaction
 * to those that have none.
 */
export function guardWrites(registration: Registration): void {
  const { model, modelName } = registration;
  const originals = {
    save: model.prototype.save,
    destroy: model.prototype.destroy,
    bulkCreate: model.bulkCreate,
    findOrCreate: model.findOrCreate,
  };

  define(model.prototype, 'save', function (this: Model, options: SaveOptions = {}) {
    const operation = this.isNewRecord ? 'create' : 'save';
    refuseWithoutHooks(modelName, operation, options);
    requireContext(modelName, operation);
    return inTransaction(this.sequelize, options.transaction, (transaction) =>
      originals.save.call(this, { ...options, transaction }),
    );
  });

  define(model.prototype, 'destroy', function (this: Model, options: InstanceDestroyOptions = {}) {
    refuseWithoutHooks(modelName, 'destroy', options);
    requireContext(modelName, 'destroy');
    return inTransaction(this.sequelize, options.transaction, (transaction) =>
      originals.destroy.call(this, { ...options, transaction }),
    );
  });

  define(
    model,
    'bulkCreate',
    async function (this: BoundModel, records: Records, options: BulkCreateOptions = {}) {
      if (records.length === 0) return [];
      refuseWithoutHooks(modelName, 'bulkCreate', options);
      if (options.ignoreDuplicates === true) {
        throw refused(
          modelName,
          'bulkCreate with ignoreDuplicates',
          'use updateOnDuplicate, or leave out the rows that exist; the database does not say which rows it ignored',
        );
      }
      requireContext(modelName, 'bulkCreate');
      return inTransaction(this.sequelize, options.transaction, (transaction) => {
        const create = (rows: Records, rowOptions: BulkCreateOptions) =>
          originals.bulkCreate.call(this, rows, rowOptions);
        return options.updateOnDuplicate === undefined
          ? create(records, { ...options, transaction })
          : bulkUpsert(registration, this, records, { ...options, transaction }, create);
      });
    },
  );

  // Without a transaction Sequelize would open one itself and commit it even when a hook has thrown.
  define(model, 'findOrCreate', function (this: BoundModel, options: FindOrCreateOptions) {
    refuseWithoutHooks(modelName, 'findOrCreate', options);
    requireContext(modelName, 'findOrCreate');
    return inTransaction(this.sequelize, options.transaction, (transaction) =>
      originals.findOrCreate.call(this, { ...options, transaction }),
    );
  });

  for (const [method, way] of Object.entries(refusedStatics)) {
    define(model, method, async () => {
      throw refused(modelName, method, way);
    });
  }
}

type Records = readonly Record<string, unknown>[];

/** Defined on the model itself, so that scoped and schema variants, its subclasses, inherit it. */
function define(target: object, method: string, value: (...parameters: never[]) => unknown): void {
  Object.defineProperty(target, method, { value, writable: true, configurable: true });
}

function refuseWithoutHooks(modelName: string, operation: string, options: object): void {
  if ('hooks' in options && options.hooks === false) {
    throw refused(modelName, `${operation} with hooks: false`, 'leave out hooks: false');
  }
}

function refused(modelName: string, call: string, way: string): HotspotsError {
  return new HotspotsError(
    'AUDIT_WRITE_REFUSED',
    `${modelName}.${call} cannot be recorded by the audit log, so nothing was written. Instead, ${way}.`,
  );
}
