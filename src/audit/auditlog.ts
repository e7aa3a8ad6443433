import type { Model, ModelStatic } from 'sequelize';
import { guardWrites } from './guard-writes.ts';
import { installHooks } from './install-hooks.ts';
import type { Registration, RegistrationOptions } from './registration.ts';
import { resolveRegistration } from './resolve-registration.ts';

const registrations = new Map<ModelStatic<Model>, Registration>();

/** The registry of audited models. */
export const auditlog = {
  /**
   * From here on every write to the model is recorded, in the write's own transaction, under the actor
   * of the context it runs in; writes that cannot be recorded are refused. Call it right after
   * `Model.init`, before other hooks are added. Registering a model twice changes nothing.
   *
   * @throws HotspotsError AUDIT_OPTION_INVALID for options that the model cannot have.
   */
  register(model: ModelStatic<Model>, options: RegistrationOptions = {}): void {
    if (registrations.has(model)) return;
    const registration = resolveRegistration(model, options);
    registrations.set(model, registration);
    installHooks(registration);
    guardWrites(registration);
  },

  /** All registered models, in the order of their registration. */
  registrations(): readonly Registration[] {
    return [...registrations.values()];
  },
};
