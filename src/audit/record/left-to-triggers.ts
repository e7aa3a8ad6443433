import type { Model, ModelStatic } from 'sequelize';
import { isModel } from '../../database/sequelize-internals.ts';
import { HotspotsError } from '../../errors.ts';
import { currentContext } from '../actors.ts';
import { tableKey } from '../model-keys.ts';
import type { Registration } from '../registration.ts';
import { hasListeners } from './entries.ts';
import type { AuditOptions } from './write-options.ts';

const withTriggers = new WeakSet<ModelStatic<Model>>();

/** Notes that the model's table has its triggers, so that they record what hooks cannot see. */
export function noteTriggers(registration: Registration): void {
  withTriggers.add(registration.model);
}

/** Whether what the database itself does to the model's rows is recorded. */
export function hasTriggers(model: ModelStatic<Model>): boolean {
  return withTriggers.has(model);
}

/**
 * Whether the triggers alone can record a statement of this model. It cannot where something has to
 * happen here for each entry: a condition, a snapshot, data of its own, a listener.
 *
 * @param variant the model that is written through: a scope, or the model in another schema, whose table has no triggers.
 */
export function isRecordedByTrigger(registration: Registration, variant: unknown): boolean {
  const { model, when, snapshot, extra } = registration;
  if (!isModel(variant) || tableKey(variant) !== tableKey(model)) return false;
  return withTriggers.has(model) && when === null && !snapshot && extra === null && !hasListeners();
}

/** Options of a call that the hooks leave alone. */
interface LeftToTriggers {
  audit: AuditOptions;
}

/** Whether a call may bypass the hooks: the triggers record it, or recording is switched off here. */
export function bypassesHooks(registration: Registration, model: unknown): boolean {
  return isRecordedByTrigger(registration, model) || typeof currentContext()?.withoutAudit === 'string';
}

/**
 * The options for a call with `hooks: false`, which only triggers can record; undefined for other calls.
 *
 * @throws HotspotsError AUDIT_WRITE_REFUSED when they would not record it.
 */
export function withoutHooks(
  registration: Registration,
  model: unknown,
  operation: string,
  options: object,
): LeftToTriggers | undefined {
  if (!('hooks' in options) || options.hooks !== false) return undefined;
  return leaveToTriggers(registration, model, `${operation} with hooks: false`, 'leave out hooks: false');
}

/**
 * The options that leave recording to the table's triggers.
 *
 * @throws HotspotsError AUDIT_WRITE_REFUSED when they would not record it.
 */
export function leaveToTriggers(
  registration: Registration,
  model: unknown,
  call: string,
  way: string,
): LeftToTriggers {
  if (bypassesHooks(registration, model)) return { audit: { byTrigger: true } };
  throw new HotspotsError(
    'AUDIT_WRITE_REFUSED',
    `${registration.modelName}.${call} cannot be recorded, so nothing was written: hooks do not see its rows, and the ` +
      'table has no audit triggers, or the model has a condition, snapshot, extra data or a listener that triggers ' +
      `cannot run. Instead, ${way}.`,
  );
}
