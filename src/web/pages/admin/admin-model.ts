import type { Attributes, Model, ModelStatic } from 'sequelize';
import type { z } from 'zod';
import type { Role } from '../../../records/user.ts';

/** What a form says or asks of a field besides what the model's attribute says itself. */
export interface FieldOverride {
  /** A sentence below the field. */
  readonly help?: string;
  /** The only values that it may have; of a list, its elements. */
  readonly choices?: readonly string[];
  /** Text of several lines. */
  readonly isLong?: boolean;
  readonly maxLength?: number;
  /** What the value must be besides being of the attribute's type; of a list, each element. */
  readonly schema?: z.ZodType;
}

/** Fields that stand together in the form. */
export interface FieldGroup<Name extends string = string> {
  readonly title: string;
  readonly fields: readonly Name[];
}

/** A rule between several fields of one record. */
export interface RecordCheck<Instance> {
  /** The field that the message stands at. */
  readonly field: string;
  readonly holds: (record: Instance) => boolean;
  readonly message: string;
}

/** A kind of record as the admin pages show it. Everything else they take from the model's attributes. */
export interface AdminModel {
  readonly model: ModelStatic<Model>;
  /** Its part of the address: /admin/PATH. */
  readonly path: string;
  /** What many of them are called, with a capital. */
  readonly label: string;
  /** What one is called, in small letters. */
  readonly singular: string;
  /** Who may create and edit; deleting takes an admin. */
  readonly editor: Role;
  /** The columns of the list; the first one leads to the record. */
  readonly list: readonly string[];
  /** What the list can be ordered by; the first is how it comes. A "-" in front: the greatest first. */
  readonly orders: readonly string[];
  /** The text attributes that are searched. */
  readonly search: readonly string[];
  /** The attributes that the list can be filtered by. */
  readonly filters: readonly string[];
  readonly groups: readonly FieldGroup[];
  readonly fields: Readonly<Record<string, FieldOverride>>;
  readonly checks: readonly RecordCheck<Model>[];
  /** The column of `source_records` that points to one; left out for what no source shows. */
  readonly sourceKey?: 'placeId' | 'eventId';
  /** What else can be done to one, on a page of its own below the record's. */
  readonly operations?: readonly { readonly path: string; readonly label: string }[];
}

type Name<M extends Model> = keyof Attributes<M> & string;

interface AdminModelOptions<M extends Model>
  extends Omit<AdminModel, 'model' | 'search' | 'filters' | 'fields' | 'checks' | 'orders'> {
  readonly model: ModelStatic<M>;
  readonly list: readonly Name<M>[];
  readonly orders?: readonly (Name<M> | `-${Name<M>}`)[];
  readonly search?: readonly Name<M>[];
  readonly filters?: readonly Name<M>[];
  readonly groups: readonly FieldGroup<Name<M>>[];
  readonly fields?: Readonly<Partial<Record<Name<M>, FieldOverride>>>;
  readonly checks?: readonly (RecordCheck<M> & { readonly field: Name<M> })[];
}

/** Describes a kind of record for the admin pages; that its attributes exist is checked by the compiler. */
export function adminModel<M extends Model>(options: AdminModelOptions<M>): AdminModel {
  const { model, search = [], filters = [], fields = {}, checks = [], orders = ['-id'], ...others } = options;
  const isOne = (record: Model): record is M => record instanceof model;
  return {
    ...others,
    model,
    search,
    filters,
    orders,
    fields: Object.fromEntries(
      Object.entries<FieldOverride | undefined>(fields).flatMap(([name, field]) =>
        field === undefined ? [] : [[name, field]],
      ),
    ),
    checks: checks.map(({ holds, ...check }) => ({
      ...check,
      holds: (record) => isOne(record) && holds(record),
    })),
  };
}
