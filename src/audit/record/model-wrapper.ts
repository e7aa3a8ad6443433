import type {
  BulkCreateOptions,
  FindOrCreateOptions,
  InstanceDestroyOptions,
  InstanceRestoreOptions,
  Model,
  SaveOptions,
} from 'sequelize';
import { HotspotsError } from '../../errors.ts';
import { checkContext } from '../context.ts';
import type { Registration } from '../registration.ts';
import { inTransaction, recordOrAbort } from './atomicity.ts';
import { type BoundModel, bulkUpsert } from './bulk-upsert.ts';
import { bypassesHooks, leaveToTriggers, withoutHooks } from './left-to-triggers.ts';
import {
  destroyRowByRow,
  type RowByRow,
  restoreRowByRow,
  type SetWriteOptions,
  updateRowByRow,
} from './row-by-row.ts';
import type { AuditOptions } from './write-options.ts';

/**
 * Ways of writing whose hooks do not say which rows changed, or that fire none. The table's triggers record
 * them. Where they cannot, the rows are written one by one, or the call is refused and the message names an alternative.
 * `options` says which argument holds the options.
 */
const setWrites: Record<string, { options: number; way: string; rowByRow: RowByRow | null }> = {
  update: { options: 1, way: '', rowByRow: updateRowByRow },
  destroy: { options: 0, way: 'destroy({ where: {} })', rowByRow: destroyRowByRow },
  restore: { options: 0, way: '', rowByRow: restoreRowByRow },
  truncate: { options: 0, way: 'destroy({ where: {} })', rowByRow: null },
  upsert: { options: 1, way: 'use bulkCreate([row], { updateOnDuplicate: [...] })', rowByRow: null },
  increment: { options: 1, way: 'load the row FOR UPDATE, add, and save it', rowByRow: null },
  decrement: { options: 1, way: 'load the row FOR UPDATE, subtract, and save it', rowByRow: null },
};

/**
 * Puts a shell around the model's writing methods: what hooks alone cannot do. It refuses calls outside an
 * actor context and calls that nothing would record, leaves to the table's triggers what hooks cannot see,
 * and gives a transaction to calls that have none.
 */
export function wrapModel(registration: Registration): void {
  const { model, modelName } = registration;
  const originals = {
    save: model.prototype.save,
    destroy: model.prototype.destroy,
    restore: model.prototype.restore,
    bulkCreate: model.bulkCreate,
    findOrCreate: model.findOrCreate,
  };

  define(model.prototype, 'save', function (this: Model, options: SaveOptions & Audited = {}) {
    const operation = this.isNewRecord ? 'create' : 'save';
    // Inside a call that is recorded already, Sequelize saves without hooks: rows of a set-based call one by one,
    // and `deletedAt` of a paranoid model.
    if (options.audit?.byTrigger === true || 'auditTable' in options)
      return originals.save.call(this, options);
    checkContext(modelName, operation);
    const byTrigger = withoutHooks(registration, this.constructor, operation, options);
    return inTransaction(this.sequelize, options.transaction, (transaction) =>
      recordOrAbort(this.sequelize, transaction, byTrigger?.audit ?? options.audit, (audit) =>
        originals.save.call(this, { ...options, transaction, audit }),
      ),
    );
  });

  define(model.prototype, 'destroy', function (this: Model, options: InstanceDestroyOptions & Audited = {}) {
    checkContext(modelName, 'destroy');
    const byTrigger = withoutHooks(registration, this.constructor, 'destroy', options);
    return inTransaction(this.sequelize, options.transaction, (transaction) =>
      recordOrAbort(this.sequelize, transaction, byTrigger?.audit ?? options.audit, (audit) =>
        originals.destroy.call(this, { ...options, transaction, audit }),
      ),
    );
  });

  define(model.prototype, 'restore', function (this: Model, options: InstanceRestoreOptions & Audited = {}) {
    checkContext(modelName, 'restore');
    const byTrigger = withoutHooks(registration, this.constructor, 'restore', options);
    return inTransaction(this.sequelize, options.transaction, (transaction) =>
      recordOrAbort(this.sequelize, transaction, byTrigger?.audit ?? options.audit, (audit) =>
        originals.restore.call(this, { ...options, transaction, audit }),
      ),
    );
  });

  define(
    model,
    'bulkCreate',
    async function (this: BoundModel, records: Records, options: BulkCreateOptions = {}) {
      if (records.length === 0) return [];
      checkContext(modelName, 'bulkCreate');
      if (options.audit?.rows !== undefined) checkRowDetails(modelName, options);
      const byTrigger =
        options.ignoreDuplicates === true
          ? leaveToTriggers(
              registration,
              this,
              'bulkCreate with ignoreDuplicates',
              'use updateOnDuplicate, or leave out the rows that exist; Sequelize does not learn which rows were ignored',
            )
          : withoutHooks(registration, this, 'bulkCreate', options);
      return inTransaction(this.sequelize, options.transaction, (transaction) => {
        const create = (rows: Records, rowOptions: BulkCreateOptions) =>
          recordOrAbort(this.sequelize, rowOptions.transaction ?? transaction, rowOptions.audit, (audit) =>
            originals.bulkCreate.call(this, rows, { ...rowOptions, audit }),
          );
        return options.updateOnDuplicate === undefined || byTrigger !== undefined
          ? create(records, { ...options, transaction, ...byTrigger })
          : bulkUpsert(registration, this, records, { ...options, transaction }, create);
      });
    },
  );

  // Without a transaction Sequelize would open one itself and commit it even when a hook has thrown.
  define(model, 'findOrCreate', function (this: BoundModel, options: FindOrCreateOptions) {
    checkContext(modelName, 'findOrCreate');
    return inTransaction(this.sequelize, options.transaction, (transaction) =>
      originals.findOrCreate.call(this, { ...options, transaction }),
    );
  });

  for (const [method, { options: position, way, rowByRow }] of Object.entries(setWrites)) {
    const original: unknown = Reflect.get(model, method);
    if (typeof original !== 'function') throw new TypeError(`${modelName} has no method ${method}.`);
    define(model, method, async function (this: BoundModel, ...parameters: unknown[]) {
      checkContext(modelName, method);
      const given = parameters[position] ?? {};
      const options: SetWriteOptions = typeof given === 'object' ? { ...given } : {};
      return inTransaction(this.sequelize, options.transaction, async (transaction) => {
        if (rowByRow !== null && options.truncate !== true && !bypassesHooks(registration, this)) {
          return rowByRow(this, parameters[0], { ...options, transaction });
        }
        const byTrigger = leaveToTriggers(registration, this, method, way);
        const passedOn = [...parameters];
        passedOn[position] = { ...options, transaction, ...byTrigger };
        return Reflect.apply(original, this, passedOn);
      });
    });
  }
}

type Records = readonly Record<string, unknown>[];
type Audited = { audit?: AuditOptions; auditTable?: string };

/** Defined on the model itself, so that scoped and schema variants, its subclasses, inherit it. */
function define(target: object, method: string, value: (...parameters: never[]) => unknown): void {
  Object.defineProperty(target, method, { value, writable: true, configurable: true });
}

/** @throws HotspotsError AUDIT_WRITE_REFUSED where nothing would give each row its own author and source page. */
function checkRowDetails(modelName: string, options: BulkCreateOptions): void {
  const { individualHooks, ignoreDuplicates, hooks } = options;
  if (individualHooks !== true && ignoreDuplicates !== true && hooks !== false) return;
  throw new HotspotsError(
    'AUDIT_WRITE_REFUSED',
    `${modelName}.bulkCreate cannot give each row the details of audit.rows with individualHooks, ignoreDuplicates or ` +
      'hooks: false. Nothing was written. Leave that option out, or write the rows each in a context of its own.',
  );
}
