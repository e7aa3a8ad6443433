import type { Model, ModelStatic } from 'sequelize';
import {
  type DefinedKind,
  fieldsOf,
  type RecordKind,
  type Role,
  type StoredColumns,
} from '../../../records/index.ts';

/** Fields that stand together in the form. */
export interface FieldGroup {
  readonly title: string;
  readonly fields: readonly string[];
}

/** A kind of record as the admin pages show it. Everything else they take from its definition. */
export interface AdminModel {
  readonly kind: RecordKind;
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
  /** What else can be done to one, on a page of its own below the record's. */
  readonly operations?: readonly { readonly path: string; readonly label: string }[];
}

type Name<Values extends object> = (keyof Values | keyof StoredColumns) & string;

interface AdminModelOptions<Values extends object>
  extends Omit<AdminModel, 'kind' | 'model' | 'groups' | 'search' | 'filters' | 'orders'> {
  readonly kind: DefinedKind<Values>;
  readonly list: readonly Name<Values>[];
  readonly orders?: readonly (Name<Values> | `-${Name<Values>}`)[];
  readonly search?: readonly Name<Values>[];
  readonly filters?: readonly Name<Values>[];
}

/** Describes a kind of record for the admin pages; that its fields exist is checked by the compiler. */
export function adminModel<Values extends object>(options: AdminModelOptions<Values>): AdminModel {
  const { kind, search = [], filters = [], orders = ['-id'], ...others } = options;
  const groups = kind.groups.map((title) => ({ title, fields: fieldsOfGroup(kind, title) }));
  return { ...others, kind, model: kind.model, groups, search, filters, orders };
}

/** In the order of the definition, but for those that ask to stand in front of another one. */
function fieldsOfGroup(kind: RecordKind, title: string): string[] {
  const names: string[] = [];
  for (const [name, { group, before }] of fieldsOf(kind)) {
    if (group !== title) continue;
    const at = before === undefined ? -1 : names.indexOf(before);
    if (at === -1) names.push(name);
    else names.splice(at, 0, name);
  }
  return names;
}
