import type { ModelAttributeColumnOptions } from 'sequelize';
import { auditlog } from '../../../audit/index.ts';
import { describeField } from '../../../audit/read/index.ts';
import type { AdminModel, FieldOverride } from './admin-model.ts';

/** How a field is asked for. */
export type FieldKind =
  | 'text'
  | 'list'
  | 'yesOrNo'
  | 'integer'
  | 'number'
  | 'decimal'
  | 'timeOfDay'
  | 'moment'
  | 'json'
  | 'reference';

/** A field of a form, as the model's attribute and the admin model describe it. */
export interface FormField extends FieldOverride {
  readonly name: string;
  readonly label: string;
  readonly kind: FieldKind;
  readonly isNullable: boolean;
  /** Digits of a decimal before and after the point. */
  readonly digits: readonly [before: number, after: number];
  /** The model that it points to; null for what is no foreign key. */
  readonly target: string | null;
  /** What a new record has unless something else is said. */
  readonly defaultValue: unknown;
}

/** @throws TypeError for an attribute of a type that no form can ask for */
export function formField({ model, fields }: Pick<AdminModel, 'model' | 'fields'>, name: string): FormField {
  const attribute = model.getAttributes()[name];
  if (attribute === undefined) throw new TypeError(`${model.name} has no attribute ${name}.`);
  const registration = auditlog.registrations().find((known) => known.model === model);
  const { name: inWords, kind, target } = describeField(registration, name);
  const type = typeOf(attribute);
  const known = kind === 'foreignKey' ? 'reference' : kindOfType.get(type.key);
  if (known === undefined) throw new TypeError(`No form can ask for ${model.name}.${name}, a ${type.key}.`);
  const { maxLength = longest(fields[name]), ...override } = fields[name] ?? {};
  return {
    ...override,
    ...(known === 'text' && { maxLength }),
    name,
    label: `${inWords.slice(0, 1).toUpperCase()}${inWords.slice(1)}`.replace(/\b(?:id|url)\b/i, (word) =>
      word.toUpperCase(),
    ),
    kind: known,
    isNullable: attribute.allowNull !== false,
    digits: [type.precision - type.scale, type.scale],
    target: kind === 'foreignKey' ? target : null,
    defaultValue: attribute.defaultValue ?? null,
  };
}

/** Lengths as in the API. What has a schema is mostly an address of the web. */
function longest({ isLong, schema }: FieldOverride = {}): number {
  if (isLong === true) return 100_000;
  return schema === undefined ? 500 : 2048;
}

/** All fields of a model's form, in the order in which they stand in it. */
export function formFieldsOf(admin: AdminModel): FormField[] {
  return admin.groups.flatMap(({ fields }) => fields.map((name) => formField(admin, name)));
}

const kindOfType: ReadonlyMap<string, FieldKind> = new Map([
  ['TEXT', 'text'],
  ['STRING', 'text'],
  ['ARRAY', 'list'],
  ['BOOLEAN', 'yesOrNo'],
  ['INTEGER', 'integer'],
  ['BIGINT', 'integer'],
  ['DOUBLE PRECISION', 'number'],
  ['DECIMAL', 'decimal'],
  ['TIME', 'timeOfDay'],
  ['DATE', 'moment'],
  ['JSONB', 'json'],
]);

interface AttributeType {
  key: string;
  precision: number;
  scale: number;
}

function typeOf({ type }: ModelAttributeColumnOptions): AttributeType {
  if (typeof type === 'string') return { key: type, precision: 0, scale: 0 };
  const options: unknown = Reflect.get(type, 'options');
  const digits = (name: string) => {
    const count: unknown =
      typeof options === 'object' && options !== null ? Reflect.get(options, name) : null;
    return typeof count === 'number' ? count : 0;
  };
  return { key: type.key, precision: digits('precision'), scale: digits('scale') };
}
