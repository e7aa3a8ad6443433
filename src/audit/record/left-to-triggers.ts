import type { Model, ModelStatic } from 'sequelize';
import { isModel } from '../../database/sequelize-internals.ts';
import { tableKey } from '../model-keys.ts';
import type { Registration } from '../registration.ts';
import { hasListeners } from './entries.ts';

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
 * Whether the database can record a statement of this model by itself. It cannot where something has to
 * happen here for each entry: a condition, a snapshot, data of its own, a listener.
 *
 * @param variant the model that is written through: a scope, or the model in another schema, whose table has no triggers.
 */
export function isRecordedByTrigger(registration: Registration, variant: unknown): boolean {
  const { model, when, snapshot, extra } = registration;
  if (!isModel(variant) || tableKey(variant) !== tableKey(model)) return false;
  return withTriggers.has(model) && when === null && !snapshot && extra === null && !hasListeners();
}
