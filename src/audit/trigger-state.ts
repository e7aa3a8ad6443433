import type { Model, ModelStatic } from 'sequelize';
import { hasListeners } from './listeners.ts';
import type { Registration } from './registration.ts';

const withTriggers = new WeakSet<ModelStatic<Model>>();

/** Notes that the model's table has its triggers, so that they record what hooks cannot see. */
export function noteTriggers(registration: Registration): void {
  withTriggers.add(registration.model);
}

/**
 * Whether the database can record a statement of this model by itself. It cannot where something has to
 * happen here for each entry: a condition, a snapshot, data of its own, a listener.
 */
export function isRecordedByTrigger(registration: Registration): boolean {
  const { model, when, snapshot, extra } = registration;
  return withTriggers.has(model) && when === null && !snapshot && extra === null && !hasListeners();
}
