import { BelongsToMany, type Model, type ModelStatic } from 'sequelize';
import { HotspotsError } from '../errors.ts';
import { objectId } from './model-keys.ts';
import type { Registration, RegistrationOptions } from './registration.ts';
import { auditSettings } from './settings.ts';
import type { RowValues } from './values.ts';

/** Each option, and what its value must be. */
const optionTypes: Record<keyof RegistrationOptions, { is(value: unknown): boolean; what: string }> = {
  include: { is: isNameList, what: 'a list of attributes' },
  exclude: { is: isNameList, what: 'a list of attributes' },
  mask: { is: isNameList, what: 'a list of attributes' },
  manyToMany: { is: isNameList, what: 'a list of association aliases' },
  maskValue: { is: isFunction, what: 'a function' },
  extra: { is: isFunction, what: 'a function' },
  when: { is: isFunction, what: 'a function' },
  label: {
    is: (value) => typeof value === 'string' || isFunction(value),
    what: 'an attribute or a function',
  },
  displayNames: { is: isTextRecord, what: 'an object of texts by attribute' },
  snapshot: { is: (value) => typeof value === 'boolean', what: 'true or false' },
};

/**
 * Checks the options of `auditlog.register` against the model and settles what is recorded.
 *
 * @throws HotspotsError AUDIT_OPTION_INVALID for an option, attribute or association that is not there, a
 *   value of the wrong type, or a model without a primary key, whose entries could not name their row.
 */
export function resolveRegistration(model: ModelStatic<Model>, options: RegistrationOptions): Registration {
  checkOptions(model, options);
  const all = Object.keys(model.getAttributes()).filter((name) => !isVirtual(model, name));
  const primaryKeys = model.primaryKeyAttributes;
  if (primaryKeys.length === 0)
    fail(model, 'it has no primary key, so its rows cannot be named. Give it one.');

  const left = new Set<string>([...primaryKeys, ...timestampAttributes(model)]);
  const excluded = new Set(options.exclude);
  const included = options.include ?? all.filter((name) => !left.has(name));
  const attributes = all.filter((name) => included.includes(name) && !excluded.has(name)).sort();
  const { secretNames, maskValue } = auditSettings();
  const secret = secretNames === null ? [] : attributes.filter((name) => secretNames.test(name));
  const masked = new Set([...(options.mask ?? []), ...secret]);
  const labelAttribute = labelOf(options.label, all, masked);
  return {
    model,
    modelName: model.name,
    primaryKeys,
    attributes,
    masked,
    maskValue: options.maskValue ?? maskValue,
    label: typeof options.label === 'function' ? options.label : labelFunction(model, labelAttribute),
    labelAttribute,
    displayNames: options.displayNames ?? {},
    snapshot: options.snapshot ?? false,
    manyToMany: options.manyToMany ?? [],
    extra: options.extra ?? null,
    when: options.when ?? null,
  };
}

function checkOptions(model: ModelStatic<Model>, options: RegistrationOptions): void {
  for (const [name, value] of Object.entries(options)) {
    const type = Object.entries(optionTypes).find(([known]) => known === name)?.[1];
    if (type === undefined)
      fail(model, `unknown option "${name}". Allowed: ${Object.keys(optionTypes).join(', ')}.`);
    if (value !== undefined && !type.is(value))
      fail(model, `${name} must be ${type.what}; given: ${typeof value}.`);
  }
  const all = Object.keys(model.getAttributes());
  const named: [string, readonly string[]][] = [
    ['include', options.include ?? []],
    ['exclude', options.exclude ?? []],
    ['mask', options.mask ?? []],
    ['displayNames', Object.keys(options.displayNames ?? {})],
    ['label', typeof options.label === 'string' ? [options.label] : []],
  ];
  for (const [option, attributes] of named) {
    const unknown = attributes.find((attribute) => !all.includes(attribute));
    if (unknown !== undefined) {
      fail(model, `${option} names "${unknown}", which is no attribute. Allowed: ${all.join(', ')}.`);
    }
  }
  for (const alias of options.manyToMany ?? []) {
    if (!(model.associations[alias] instanceof BelongsToMany)) {
      const aliases = Object.entries(model.associations).flatMap(([name, { associationType }]) =>
        associationType === 'BelongsToMany' ? name : [],
      );
      fail(
        model,
        `manyToMany names "${alias}", which is no belongsToMany association. Allowed: ${aliases.join(', ') || 'none; define it before registering'}.`,
      );
    }
  }
}

/** A masked attribute is no label: labels stand in the clear. */
function labelOf(
  label: RegistrationOptions['label'],
  all: readonly string[],
  masked: ReadonlySet<string>,
): string | null {
  if (typeof label === 'function') return null;
  const attribute = label ?? ['name', 'title', 'email'].find((name) => all.includes(name));
  return attribute === undefined || masked.has(attribute) ? null : attribute;
}

function labelFunction(model: ModelStatic<Model>, attribute: string | null): (values: RowValues) => string {
  return (values) => {
    const value = attribute === null ? null : values[attribute];
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

function isNameList(value: unknown): boolean {
  return Array.isArray(value) && value.every((name) => typeof name === 'string');
}

function isTextRecord(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((text) => typeof text === 'string')
  );
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}

function fail(model: ModelStatic<Model>, problem: string): never {
  throw new HotspotsError('AUDIT_OPTION_INVALID', `auditlog.register(${model.name}): ${problem}`);
}
