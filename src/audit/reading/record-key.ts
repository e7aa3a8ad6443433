import { Model, type ModelStatic } from 'sequelize';
import { auditlog } from '../auditlog.ts';
import { objectId } from '../object-id.ts';
import type { Registration, RowValues } from '../registration.ts';

/** A model, or the name that its entries have: entries outlive models. */
export type ModelOrName = ModelStatic<Model> | string;

/** A record: an instance, or a model and a primary key (for compound keys an object, or the object id). */
export type RecordReference = Model | { readonly model: ModelOrName; readonly id: KeyValue | RowValues };
type KeyValue = string | number | bigint | Date;

export interface RecordKey {
  readonly model: string;
  readonly objectId: string;
}

/** How the log names a record. */
export function recordKey(record: RecordReference): RecordKey {
  if (record instanceof Model) {
    const model = modelOf(record);
    return { model: modelNameOf(model), objectId: objectId(model.primaryKeyAttributes, record.get()) };
  }
  const model = modelNameOf(record.model);
  const { id } = record;
  if (typeof id !== 'object' || id instanceof Date) return { model, objectId: objectId(['id'], { id }) };
  const keys = registrationOf(record.model)?.primaryKeys ?? Object.keys(id);
  return { model, objectId: objectId(keys, id) };
}

/** The name that a model's entries have; scoped and schema variants have the name of their model. */
export function modelNameOf(model: ModelOrName): string {
  return typeof model === 'string' ? model : model.name;
}

export function registrationOf(model: ModelOrName): Registration | undefined {
  const name = modelNameOf(model);
  return auditlog.registrations().find(({ modelName }) => modelName === name);
}

function modelOf(instance: Model): ModelStatic<Model> {
  const model: unknown = instance.constructor;
  if (isModel(model)) return model;
  throw new TypeError('An instance of a model has no model.');
}

export function isModel(value: unknown): value is ModelStatic<Model> {
  return typeof value === 'function' && value.prototype instanceof Model;
}
