import type { Model, ModelStatic, Sequelize, Transaction, WhereOptions } from 'sequelize';
import { z } from 'zod';
import { type Field, fieldsOf, type RecordKind, type Role, recordId } from '../../records/index.ts';
import type { RouteAccess } from '../access.ts';
import { readInput } from './problems.ts';

/** The schema of each field that clients write. None has a default: the model's own holds. */
export type FieldSchemas = Readonly<Record<string, z.ZodType>>;

/** Something that is done to a record by POST /RESOURCE/ID/NAME: several saves, one transaction. */
export interface ResourceAction {
  readonly name: string;
  readonly summary: string;
  readonly access: Role;
  readonly body: z.ZodType;
  /** The other records of this kind that it writes; left out when there are none. */
  readonly others?: (body: unknown) => readonly string[];
  readonly run: (id: string, body: unknown, given: ActionGiven) => Promise<Model>;
}

export interface ActionGiven {
  readonly sequelize: Sequelize;
  readonly transaction: Transaction;
}

/** Records that are their user's: others may read them, but only the owner and admins write them. */
export interface Ownership {
  /** The attribute that holds the owner; set to who creates one. Left out when another record says whose it is. */
  readonly attribute?: string;
  /** The number of the user whose a record is; null when it cannot be known. */
  readonly ownerOf: (record: Model, transaction: Transaction) => Promise<string | null>;
}

interface ResourceOptions<Filter extends z.ZodObject> {
  /** Its part of the address: /api/v1/PATH. */
  readonly path: string;
  /** What one is called, in small letters. */
  readonly label: string;
  /** The definition of such records. Their fields, and the rules between them, come from it. */
  readonly kind: RecordKind;
  readonly filter: Filter;
  readonly where: (filter: z.output<Filter>) => WhereOptions;
  /** What a list can be ordered by; the first is how it comes. A "-" in front: the greatest first. */
  readonly orders: readonly [string, ...string[]];
  readonly access: { readonly read: RouteAccess; readonly write: Role; readonly remove: Role };
  readonly ownership?: Ownership;
  readonly actions?: readonly ResourceAction[];
}

/** A kind of record as the API offers it. */
export interface Resource extends Omit<ResourceOptions<z.ZodObject>, 'where'> {
  readonly model: ModelStatic<Model>;
  /** What clients write. */
  readonly fields: FieldSchemas;
  /** Fields that a new record must have. */
  readonly required: readonly string[];
  readonly actions: readonly ResourceAction[];
  /** The condition that a query asks for. @throws InputError */
  readonly where: (query: unknown) => WhereOptions;
  /** A whole record as it is sent. */
  readonly whole: z.ZodObject;
  /** Some fields of it (JSON Merge Patch, RFC 7396). */
  readonly patch: z.ZodObject;
  /** A record as it is answered. */
  readonly answer: z.ZodObject;
}

/**
 * A kind of record with list, read, create, replace, change and delete, all of them audited. This is all that a new
 * one needs, besides its place in `resources.ts`.
 */
export function resource<Filter extends z.ZodObject>(options: ResourceOptions<Filter>): Resource {
  const { kind, filter, where, actions = [] } = options;
  const { fields, required, readOnly } = fieldsOfApi(kind);
  const optional = (names: readonly string[]) =>
    Object.fromEntries(
      Object.entries(fields).flatMap(([name, schema]) =>
        names.includes(name) ? [[name, schema.optional()]] : [],
      ),
    );
  const names = Object.keys(fields);
  return {
    ...options,
    model: kind.model,
    fields,
    required,
    actions,
    where: (query) => where(readInput(filter, query, 'query')),
    whole: z.strictObject({ ...fields, ...optional(names.filter((name) => !required.includes(name))) }),
    patch: z.strictObject(optional(names)),
    answer: z
      .object({
        id: recordId,
        ...fields,
        ...readOnly,
        createdAt: z.iso.datetime(),
        updatedAt: z.iso.datetime(),
      })
      .meta({ id: kind.name }),
  };
}

/** What clients write, what they must write, and what else is answered. */
function fieldsOfApi(kind: RecordKind) {
  const all = fieldsOf(kind);
  const written = all.filter(([, { isReadOnly = false }]) => !isReadOnly);
  const others = all.filter(([, { isReadOnly = false }]) => isReadOnly);
  const schemas = (fields: typeof all): FieldSchemas =>
    Object.fromEntries(fields.map(([name, field]) => [name, schemaOf(field)]));
  return {
    fields: schemas(written),
    required: written.filter(([, { isNeeded }]) => isNeeded).map(([name]) => name),
    readOnly: schemas(others),
  };
}

function schemaOf({ schema, isNullable, description, examples }: Field<unknown>): z.ZodType {
  const whole = isNullable ? schema.nullable() : schema;
  return whole.meta({ description, ...(examples !== undefined && { examples: [...examples] }) });
}

/** A record as the API answers it: the fields of its resource, moments in ISO 8601 UTC, decimals and ids as text. */
export function presentRecord({ answer }: Pick<Resource, 'answer'>, record: Model): Record<string, unknown> {
  return Object.fromEntries(Object.keys(answer.shape).map((name) => [name, presentValue(record.get(name))]));
}

function presentValue(value: unknown): unknown {
  return value instanceof Date ? value.toISOString() : (value ?? null);
}

/** A filter whose words are attributes, each with the value that it must have. */
export function sameFilter(filter: Readonly<Record<string, unknown>>): WhereOptions {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}
