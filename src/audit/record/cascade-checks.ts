import { HasMany, HasOne, type Model, type ModelStatic, type Transaction } from 'sequelize';
import { ownerSide } from '../../database/sequelize-internals.ts';
import { HotspotsError } from '../../errors.ts';
import type { Registration } from '../registration.ts';
import { hasTriggers } from './left-to-triggers.ts';

const registered = new WeakSet<ModelStatic<Model>>();

/** Foreign keys of these kinds make the database change or delete rows that no hook sees. */
const unseen: ReadonlySet<string> = new Set(['CASCADE', 'SET NULL', 'SET DEFAULT']);

/**
 * Refuses to destroy a record while the database would delete or change rows of another registered model with
 * it, unless that model's triggers record them.
 */
export function checkCascades({ model, modelName }: Registration): void {
  registered.add(model);
  model.addHook('beforeDestroy', 'auditlog:cascades', async (instance: Model, options: DestroyOptions) => {
    if (model.options.paranoid === true && options.force !== true) return;
    for (const [alias, association] of cascades(model)) {
      const { target, foreignKey } = association;
      const key: unknown = instance.get(ownerSide(association).sourceKey);
      const where = { [foreignKey]: key };
      const row = await target.unscoped().findOne({
        attributes: [foreignKey],
        where,
        paranoid: false,
        raw: true,
        transaction: options.transaction ?? null,
      });
      if (row !== null) throw cascadeRefused(modelName, alias, target);
    }
  });
}

interface DestroyOptions {
  force?: boolean;
  transaction?: Transaction | null;
}

/** By alias, the associations whose rows go or change with a record, unseen. */
function cascades(model: ModelStatic<Model>): [string, HasMany | HasOne][] {
  return Object.entries(model.associations).flatMap(([alias, association]) => {
    if (!(association instanceof HasMany || association instanceof HasOne)) return [];
    const { target, foreignKey } = association;
    const action = target.getAttributes()[foreignKey]?.onDelete?.toUpperCase() ?? '';
    // With hooks: true Sequelize destroys those rows itself, one by one.
    const isSeen = action === 'CASCADE' && ownerSide(association).isDestroyedByHooks;
    if (!unseen.has(action) || isSeen || !registered.has(target) || hasTriggers(target)) return [];
    return [[alias, association] satisfies [string, HasMany | HasOne]];
  });
}

function cascadeRefused(modelName: string, alias: string, target: ModelStatic<Model>): HotspotsError {
  return new HotspotsError(
    'AUDIT_WRITE_REFUSED',
    `${modelName}.destroy: the database would delete or change the record's ${alias} (${target.name}) with it, which ` +
      'cannot be recorded without audit triggers, so nothing was written. Instead, destroy or update those first, or ' +
      'define the association with hooks: true.',
  );
}
