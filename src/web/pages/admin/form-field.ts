import type { z } from 'zod';
import { auditlog } from '../../../audit/index.ts';
import { describeField } from '../../../audit/read/index.ts';
import { type FieldType, fieldOf, type StoredColumns } from '../../../records/index.ts';
import type { AdminModel } from './admin-model.ts';

/** A field as a form asks for it and a list shows it. */
export interface FormField {
  readonly name: string;
  readonly label: string;
  readonly kind: FieldType;
  readonly isNullable: boolean;
  /** What a new record has unless something else is said. */
  readonly defaultValue: unknown;
  /** Digits of a decimal before and after the point. */
  readonly digits: readonly [before: number, after: number];
  /** The model that it points to; null for what is no foreign key. */
  readonly target: string | null;
  /** A sentence below the field. */
  readonly help?: string;
  /** The only values that it may have; of a list, its entries. */
  readonly choices?: readonly string[];
  /** Text of several lines. */
  readonly isLong?: boolean;
  /** In UTF-16 units. */
  readonly maxLength?: number;
  /** What the value must be besides being of the type. */
  readonly schema?: z.ZodType;
}

/** What every table has, and no form asks for. */
const storedColumns: Readonly<Record<keyof StoredColumns, FieldType>> = {
  id: 'integer',
  createdAt: 'moment',
  updatedAt: 'moment',
};

/** @throws TypeError for a field that the kind does not have */
export function formField({ kind }: Pick<AdminModel, 'kind'>, name: string): FormField {
  const registration = auditlog.registrations().find(({ model }) => model === kind.model);
  const { name: inWords, target } = describeField(registration, name);
  const label = `${inWords.slice(0, 1).toUpperCase()}${inWords.slice(1)}`.replace(/\b(?:id|url)\b/i, (word) =>
    word.toUpperCase(),
  );
  if (isStoredColumn(name)) {
    const type = storedColumns[name];
    return { name, label, kind: type, isNullable: false, defaultValue: null, digits: [0, 0], target: null };
  }
  const field = fieldOf(kind, name);
  const { type, format, isNullable, digits, help, choices, maxLength, schema } = field;
  return {
    name,
    label,
    kind: type,
    isNullable,
    defaultValue: field.defaultValue ?? null,
    digits,
    target,
    ...(help !== undefined && { help }),
    ...(choices !== null && { choices }),
    ...(format === 'paragraphs' && { isLong: true }),
    ...(type === 'text' && maxLength !== null && { maxLength }),
    // A form has local times, which it makes into moments itself.
    ...(type !== 'moment' && { schema }),
  };
}

function isStoredColumn(name: string): name is keyof StoredColumns {
  return Object.hasOwn(storedColumns, name);
}

/** All fields of a model's form, in the order in which they stand in it. */
export function formFieldsOf(admin: AdminModel): FormField[] {
  return admin.groups.flatMap(({ fields }) => fields.map((name) => formField(admin, name)));
}
