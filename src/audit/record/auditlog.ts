import type { Model, ModelStatic, Sequelize } from 'sequelize';
import { HotspotsError } from '../../errors.ts';
import { LogEntry } from '../log-entry.ts';
import { objectId } from '../model-keys.ts';
import type { Registration, RegistrationOptions } from '../registration.ts';
import { resolveRegistration } from '../resolve-registration.ts';
import type { RowValues } from '../values.ts';
import { checkCascades } from './cascade-checks.ts';
import { labelOf } from './entries.ts';
import { installHooks } from './hooks.ts';
import { recordManyToMany } from './join-tables.ts';
import { wrapModel } from './model-wrapper.ts';

/** What `auditlog.registerAll` may be told. The lists hold for every model that has such an attribute. */
export interface RegisterAllOptions {
  /** Models that are not to be registered. */
  except?: readonly ModelStatic<Model>[];
  exclude?: readonly string[];
  mask?: readonly string[];
}

const registrations = new Map<ModelStatic<Model>, Registration>();

/** The registry of audited models. */
export const auditlog = {
  /**
   * From here on every write to the model, or to each of several, is recorded in the write's own
   * transaction, under the actor of the context it runs in; writes that cannot be recorded are refused.
   * Call it right after `Model.init` and the associations, before other hooks are added. Registering a
   * model twice changes nothing.
   *
   * @throws HotspotsError AUDIT_OPTION_INVALID for options that the model cannot have.
   */
  register(
    model: ModelStatic<Model> | readonly ModelStatic<Model>[],
    options: RegistrationOptions = {},
  ): void {
    for (const one of Array.isArray(model) ? model : [model]) registerOne(one, options);
  },

  /**
   * Registers every model that is bound to a database, but not the log itself.
   *
   * @throws HotspotsError AUDIT_OPTION_INVALID for an attribute in the lists that no model has.
   */
  registerAll(sequelize: Sequelize, options: RegisterAllOptions = {}): void {
    const models = Object.values(sequelize.models).filter(
      (model) => model !== LogEntry && !options.except?.includes(model),
    );
    const known = new Set(models.flatMap((model) => Object.keys(model.getAttributes())));
    for (const list of ['exclude', 'mask'] as const) {
      const unknown = options[list]?.find((name) => !known.has(name));
      if (unknown !== undefined) {
        throw new HotspotsError(
          'AUDIT_OPTION_INVALID',
          `auditlog.registerAll: ${list} names "${unknown}", which no model has. Correct it or leave it out.`,
        );
      }
    }
    for (const model of models) {
      const own = (names: readonly string[] = []) => names.filter((name) => name in model.getAttributes());
      registerOne(model, { exclude: own(options.exclude), mask: own(options.mask) });
    }
  },

  /** All registered models, in the order of their registration. */
  registrations(): readonly Registration[] {
    return [...registrations.values()];
  },
};

function registerOne(model: ModelStatic<Model>, options: RegistrationOptions): void {
  if (registrations.has(model)) return;
  if (model === LogEntry) {
    throw new HotspotsError(
      'AUDIT_OPTION_INVALID',
      'auditlog.register(LogEntry): the log cannot record itself. Leave it out.',
    );
  }
  const registration = resolveRegistration(model, options);
  registrations.set(model, registration);
  installHooks(registration);
  wrapModel(registration);
  checkCascades(registration);
  for (const alias of registration.manyToMany) recordManyToMany(registration, alias, labelRelated);
}

/** Related records are called as their own entries call them, where their model is registered. */
function labelRelated(model: ModelStatic<Model>, values: RowValues): string {
  const registration = registrations.get(model);
  if (registration !== undefined) return labelOf(registration, values);
  const name = values.name ?? values.title;
  return typeof name === 'string' ? name : `${model.name} ${objectId(model.primaryKeyAttributes, values)}`;
}

/** The registered models that are bound to this database. */
export function registrationsOf(sequelize: Sequelize): Registration[] {
  return auditlog.registrations().filter(({ model }) => model.sequelize === sequelize);
}
