import type { DataType } from 'sequelize';
import type { z } from 'zod';

/** What a field holds: how its column, its JSON and its control in a form look. */
export type FieldType =
  | 'text'
  | 'list'
  | 'flag'
  | 'integer'
  | 'number'
  | 'decimal'
  | 'timeOfDay'
  | 'moment'
  | 'json'
  | 'reference';

/** How the text of a field, or of an entry of a list, is written: `readers.ts` has a normaliser for each. */
export type TextFormat =
  | 'line'
  | 'paragraphs'
  | 'webAddress'
  | 'email'
  | 'telephone'
  | 'country'
  | 'currency'
  | 'timeZone';

/** A reader of `readers.ts`: what reads a field that is not just the text of one property. */
export type ReaderName =
  | 'placeName'
  | 'placeTimeZone'
  | 'categories'
  | 'openingHours'
  | 'aggregateRating'
  | 'eventName'
  | 'eventAddress'
  | 'eventStatus'
  | 'attendanceMode'
  | 'series'
  | 'amenity';

/** A reader of `joint-readers.ts`: what reads several fields from one part of an item. */
export type JointReaderName = 'postalAddress' | 'coordinates' | 'eventTime' | 'offers';

/** Which properties of schema.org state a field, and what reads them. */
export interface FieldSource {
  /** An import states the value as the first one. */
  readonly properties: readonly [string, ...string[]];
  /** Left out: the first value of the first property, as the field's type and format say. */
  readonly by?: ReaderName;
  /** What the reader looks for: a regular expression without regard to capitals. */
  readonly matching?: string;
  /** Other fields, or what an import has in place of a reference, from which the value may follow too. */
  readonly orFrom?: readonly string[];
}

/** What is said of a field besides its type. */
export interface FieldOptions {
  /** What the field means, for the API document. */
  readonly description: string;
  /** Values for the API document, where those that its schema gives would break a rule. */
  readonly examples?: readonly unknown[];
  /** A sentence below the field in forms. */
  readonly help?: string;
  /** What people call it; its name in words when left out. */
  readonly label?: string;
  /** The group of the form that it is in; left out for a field that only the program sets. */
  readonly group?: string;
  /** The field of the same group that it stands in front of; else the order is that of the definition. */
  readonly before?: string;
  /** Where an item states it. Left out for what no item is asked for, and for what a joint reader reads. */
  readonly from?: string | FieldSource;
  /** The API answers it and does not take it. */
  readonly isReadOnly?: boolean;
  /** The program's own note: an import passes over it without a word. */
  readonly isBookkeeping?: boolean;
  /** A key that two texts share when they mean the same; `comparisonKey` when left out. */
  readonly keyOf?: (text: string) => string;
}

/** A field of a kind of record: all that is known of it. */
export interface Field<Value> extends Omit<FieldOptions, 'from'> {
  readonly type: FieldType;
  /** Of a text, or of the entries of a list. */
  readonly format: TextFormat | null;
  /** A new object each time: Sequelize writes into what it is given. */
  readonly column: () => DataType;
  readonly isNullable: boolean;
  /** No record can be made without it. */
  readonly isNeeded: boolean;
  /** What a new record has where nothing else is said; undefined for null, and for what is needed. */
  readonly defaultValue: Value | undefined;
  /** Whether a value is one that a model holds in this field. */
  readonly isValue: (value: unknown) => value is Value;
  /** A value, null apart, as the API takes and answers it. */
  readonly schema: z.ZodType;
  /** The longest text, or entry of a list, in UTF-16 units; null for what is no text. */
  readonly maxLength: number | null;
  /** The most entries of a list; null for what is no list. */
  readonly maxEntries: number | null;
  /** The only values, or entries of a list. */
  readonly choices: readonly string[] | null;
  /** The largest number, without its sign. */
  readonly maximum: number | null;
  /** Digits of a decimal before and after the point. */
  readonly digits: readonly [before: number, after: number];
  /** What a reference points to. */
  readonly reference: Reference | null;
  readonly source: FieldSource | null;
}

/** A field without which no record can be made. */
export interface NeededField<Value> extends Field<Value> {
  readonly isNeeded: true;
}

export interface Reference {
  readonly table: string;
  /** What an export has in place of the id, and an import takes: ids mean nothing elsewhere. */
  readonly exportedAs?: string;
  /** The association by which the record that is pointed to knows those that point to it. */
  readonly inverse?: string;
}

/** How several fields are read from one part of an item, such as an address. */
export interface JointSource<Name extends string = string> {
  readonly fields: readonly Name[];
  readonly properties: readonly [string, ...string[]];
  readonly by: JointReaderName;
}

export type Fields = Readonly<Record<string, Field<unknown>>>;

/** The values of fields, as models hold them. */
export type FieldValues<Defined> = {
  -readonly [Name in keyof Defined]: Defined[Name] extends Field<infer Value> ? Value : never;
};

type NeededNames<Defined> = {
  [Name in keyof Defined]: Defined[Name] extends NeededField<unknown> ? Name : never;
}[keyof Defined];

/** What a stored record has, whatever its kind. */
export interface StoredColumns {
  /** A bigint: text holds all of its 64 bits. */
  id: string;
  createdAt: Date;
  updatedAt: Date;
}

/** The attributes of the model of a kind of record. */
export type RecordAttributes<Defined> = FieldValues<Defined> & StoredColumns;

/** What a new record is made from. */
export type NewRecord<Defined> = Pick<FieldValues<Defined>, NeededNames<Defined>> &
  Partial<RecordAttributes<Defined>>;
