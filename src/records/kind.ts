import type { Model, ModelAttributes, ModelStatic, Sequelize } from 'sequelize';
import { DataTypes } from 'sequelize';
import type { ItemKind } from '../extract/item.ts';
import { identityAttribute } from './attributes.ts';
import type { Field, Fields, JointSource } from './field.ts';

/** What is wrong with a record whose fields contradict each other. */
export interface BrokenRule {
  /** The field that the message stands at. */
  readonly field: string;
  readonly message: string;
}

/** A kind of record, defined once. Everything that lists its fields takes them from here. */
export interface RecordKind {
  /** The name of the model. */
  readonly name: string;
  readonly model: ModelStatic<Model>;
  readonly table: string;
  /** In the order of the API, of exports and, within a group, of the form. */
  readonly fields: Fields;
  /** The groups of the form, in their order. */
  readonly groups: readonly string[];
  /** The field that people know a record by, or what makes a text of its values. */
  readonly label: string | ((values: Readonly<Record<string, unknown>>) => string);
  /** Fields that mean something together only: all of a list are written, or none. */
  readonly together: readonly (readonly string[])[];
  /** What is read from an item into several fields at once. */
  readonly joint: readonly JointSource[];
  /** The items that become such records; null for what no item becomes. */
  readonly itemKind: ItemKind | null;
  /** What the fields of a record contradict each other in. */
  readonly brokenRules: (record: Model) => BrokenRule[];
}

/** A kind of record whose values the compiler knows. */
export interface DefinedKind<Values extends object> extends RecordKind {
  readonly fields: { readonly [Name in keyof Values]: Field<Values[Name]> };
}

/** A rule between fields of one record. */
interface Rule<Values> {
  readonly field: keyof Values & string;
  /** Given what is stored, or is to be; a field of a new record may be undefined. */
  readonly holds: (record: Partial<Values> & { readonly id?: string }) => boolean;
  readonly message: string;
}

interface KindOptions<Values extends object> {
  readonly table: string;
  readonly fields: { readonly [Name in keyof Values]: Field<Values[Name]> };
  readonly groups?: readonly string[];
  readonly label?: RecordKind['label'];
  readonly together?: readonly (readonly (keyof Values & string)[])[];
  readonly joint?: readonly JointSource<keyof Values & string>[];
  readonly itemKind?: ItemKind;
  readonly rules?: readonly Rule<Values>[];
}

/**
 * Defines a kind of record.
 *
 * @throws TypeError when a field is in a group that the form does not have, or before one that it does not follow
 */
export function recordKind<Values extends object>(
  model: ModelStatic<Model>,
  options: KindOptions<Values>,
): DefinedKind<Values> {
  const { rules = [], ...defined } = options;
  const { groups = [], label = 'name', together = [], joint = [], itemKind = null } = options;
  const kind = {
    ...defined,
    groups,
    label,
    together,
    joint,
    itemKind,
    name: model.name,
    model,
    brokenRules: (record: Model) =>
      rules.filter(({ holds }) => !holds(record.get())).map(({ field, message }) => ({ field, message })),
  };
  const fields = fieldsOf(kind);
  for (const [index, [name, { group, before }]] of fields.entries()) {
    if (group !== undefined && !groups.includes(group))
      throw new TypeError(
        `${kind.name}.${name} is in the group ${JSON.stringify(group)}, which the form lacks.`,
      );
    const earlier = fields.slice(0, index);
    if (before !== undefined && !earlier.some(([other, field]) => other === before && field.group === group))
      throw new TypeError(
        `${kind.name}.${name} stands before ${before}, which is no earlier field of its group.`,
      );
  }
  return kind;
}

/** The fields of a kind with their names, in their order. */
export function fieldsOf(kind: RecordKind): [name: string, field: Field<unknown>][] {
  return Object.entries(kind.fields);
}

/** A field by its name. @throws TypeError when the kind has none of that name */
export function fieldOf(kind: RecordKind, name: string): Field<unknown> {
  const field = Object.hasOwn(kind.fields, name) ? kind.fields[name] : undefined;
  if (field === undefined) throw new TypeError(`${kind.name} has no field ${name}.`);
  return field;
}

/** The fields that only make sense together with this one, and this one. */
export function groupOf(kind: RecordKind, name: string): readonly string[] {
  return kind.together.find((group) => group.includes(name)) ?? [name];
}

/** What people call the fields whose names do not say it. */
export function displayNamesOf(kind: RecordKind): Readonly<Record<string, string>> {
  return Object.fromEntries(
    fieldsOf(kind).flatMap(([name, { label }]) => (label === undefined ? [] : [[name, label]])),
  );
}

/** Whether items state a field. */
export function isRead(kind: RecordKind, name: string): boolean {
  return fieldOf(kind, name).source !== null || kind.joint.some(({ fields }) => fields.includes(name));
}

/** The Sequelize attributes of a kind; a new object each time, because Sequelize writes into it. */
export function attributesOf(kind: RecordKind): ModelAttributes {
  const columns = fieldsOf(kind).map(([name, { column, isNullable, defaultValue }]) => [
    name,
    {
      type: column(),
      ...(!isNullable && { allowNull: false }),
      ...(defaultValue !== undefined && { defaultValue: structuredClone(defaultValue) }),
    },
  ]);
  return {
    id: identityAttribute(),
    ...Object.fromEntries(columns),
    createdAt: DataTypes.DATE,
    updatedAt: DataTypes.DATE,
  };
}

/**
 * Binds the model of a kind to a database. The kinds that it refers to come first.
 *
 * @throws TypeError when a table that it refers to has no model
 */
export function defineKind(sequelize: Sequelize, kind: RecordKind): void {
  const { model, name, table } = kind;
  model.init(attributesOf(kind), { sequelize, modelName: name, tableName: table, underscored: true });
  for (const [foreignKey, { reference }] of fieldsOf(kind)) {
    if (reference === null) continue;
    const target = Object.values(sequelize.models).find((each) => each.tableName === reference.table);
    if (target === undefined)
      throw new TypeError(`${name}.${foreignKey} refers to ${reference.table}: no model.`);
    model.belongsTo(target, { as: foreignKey.replace(/Id$/, ''), foreignKey });
    if (reference.inverse !== undefined) target.hasMany(model, { as: reference.inverse, foreignKey });
  }
}
