import type { Model, ModelStatic } from 'sequelize';
import { HotspotsError } from '../errors.ts';
import { objectId } from './object-id.ts';
import type { Registration, RegistrationOptions, RowValues } from './registration.ts';

const optionNames = ['include', 'exclude', 'mask', 'label'] as const;

/**
 * Checks the options of `auditlog.register` against the model and settles what is recorded.
 *
 * @throws HotspotsError AUDIT_OPTION_INVALID for an unknown option or attribute, or a model without a
 *   primary key, whose entries could not say which row they mean.
 */
export function resolveRegistration(model: ModelStatic<Model>, options: RegistrationOptions): Registration {
  for (const name of Object.keys(options)) {
    if (!optionNames.some((known) => known === name)) {
      fail(model, `unknown option "${name}". Allowed: ${optionNames.join(', ')}.`);
    }
  }
  const all = Object.keys(model.getAttributes());
  for (const option of ['include', 'exclude', 'mask'] as const) {
    for (const attribute of options[option] ?? []) {
      if (!all.includes(attribute)) {
        fail(model, `${option} names "${attribute}", which is no attribute. Allowed: ${all.join(', ')}.`);
      }
    }
  }
  const primaryKeys = model.primaryKeyAttributes;
  if (primaryKeys.length === 0)
    fail(model, 'it has no primary key, so its rows cannot be named. Give it one.');

  const left = new Set<string>([...primaryKeys, ...timestampAttributes(model), ...(options.exclude ?? [])]);
  const attributes = all
    .filter((name) => (options.include === undefined ? !left.has(name) : options.include.includes(name)))
    .filter((name) => !(options.exclude ?? []).includes(name) && !isVirtual(model, name))
    .sort();
  return {
    model,
    modelName: model.name,
    primaryKeys,
    attributes,
    masked: new Set(options.mask ?? []),
    label: labelFunction(model, options.label, all),
  };
}

function labelFunction(
  model: ModelStatic<Model>,
  label: RegistrationOptions['label'],
  all: readonly string[],
): (values: RowValues) => string {
  if (typeof label === 'function') return label;
  if (label !== undefined && !all.includes(label)) {
    fail(model, `label names "${label}", which is no attribute. Allowed: ${all.join(', ')}, or a function.`);
  }
  const attribute = label ?? ['name', 'title', 'email'].find((name) => all.includes(name));
  return (values) => {
    const value = attribute === undefined ? null : values[attribute];
    return value === null || value === undefined
      ? `${model.name} ${objectId(model.primaryKeyAttributes, values)}`
      : String(value);
  };
}

function timestampAttributes(model: ModelStatic<Model>): string[] {
  const { timestamps, createdAt, updatedAt } = model.options;
  if (timestamps === false) return [];
  const names: string[] = [];
  if (createdAt !== false) names.push(typeof createdAt === 'string' ? createdAt : 'createdAt');
  if (updatedAt !== false) names.push(typeof updatedAt === 'string' ? updatedAt : 'updatedAt');
  return names;
}

function isVirtual(model: ModelStatic<Model>, attribute: string): boolean {
  const type = model.getAttributes()[attribute]?.type;
  return typeof type === 'object' && 'key' in type && type.key === 'VIRTUAL';
}

function fail(model: ModelStatic<Model>, problem: string): never {
  throw new HotspotsError('AUDIT_OPTION_INVALID', `auditlog.register(${model.name}): ${problem}`);
}
