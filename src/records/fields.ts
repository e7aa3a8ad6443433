import { type DataType, DataTypes } from 'sequelize';
import { z } from 'zod';
import type { Field, FieldOptions, FieldType, NeededField, Reference, TextFormat } from './field.ts';
import {
  countryCode,
  currencyCode,
  degrees,
  emailSchema as emailAddress,
  momentSchema as momentText,
  positionSchema as positionNumber,
  price,
  recordId,
  referenceTo,
  telephoneSchema as telephoneNumber,
  textList,
  timeOfDaySchema as timeOfDayText,
  timeZoneSchema as timeZoneName,
  title,
  textSchema as upTo,
  webAddressSchema as webAddressText,
} from './field-schemas.ts';

/** Length limits that several kinds of text share, in UTF-16 units. */
const longest = { webAddress: 2048, email: 254, telephone: 32, timeZone: 64, country: 2, currency: 3 };

type Needed = { readonly isNeeded: true };
type Text = Field<string | null>;

interface LineOptions extends FieldOptions {
  /** The longest text, in UTF-16 units. */
  readonly max: number;
}

/** One line of text. */
export function text(options: LineOptions & Needed): NeededField<string>;
export function text(options: LineOptions): Text;
export function text(options: LineOptions & Partial<Needed>): Text {
  const schema = options.isNeeded ? title(options.max) : upTo(options.max);
  return textField('line', options.max, schema, options);
}

/** Text of several lines. */
export function longText(options: LineOptions & Needed): NeededField<string>;
export function longText(options: LineOptions): Text;
export function longText(options: LineOptions & Partial<Needed>): Text {
  const schema = options.isNeeded ? title(options.max) : upTo(options.max);
  return textField('paragraphs', options.max, schema, options);
}

/** An address of the web. */
export function webAddress(options: FieldOptions & Needed): NeededField<string>;
export function webAddress(options: FieldOptions): Text;
export function webAddress(options: FieldOptions & Partial<Needed>): Text {
  return textField('webAddress', longest.webAddress, webAddressText, options);
}

/** A telephone number in E.164, with an extension as in RFC 3966. */
export function telephone(options: FieldOptions): Text {
  return textField('telephone', longest.telephone, telephoneNumber, options);
}

export function email(options: FieldOptions): Text {
  return textField('email', longest.email, emailAddress, options);
}

/** ISO 3166-1 alpha-2. */
export function country(options: FieldOptions): Text {
  return textField('country', longest.country, countryCode, options);
}

/** ISO 4217. */
export function currency(options: FieldOptions): Text {
  return textField('currency', longest.currency, currencyCode, options);
}

/** The name of a zone of the IANA database. */
export function timeZone(options: FieldOptions & Needed): NeededField<string>;
export function timeZone(options: FieldOptions): Text;
export function timeZone(options: FieldOptions & Partial<Needed>): Text {
  return textField('timeZone', longest.timeZone, timeZoneName, options);
}

/** One of some words. Without a default it may be empty. */
export function choice<const Choice extends string>(
  choices: readonly Choice[],
  options: FieldOptions & { readonly defaultValue: Choice },
): Field<Choice>;
export function choice<const Choice extends string>(
  choices: readonly Choice[],
  options: FieldOptions,
): Field<Choice | null>;
export function choice<const Choice extends string>(
  choices: readonly Choice[],
  options: FieldOptions & { readonly defaultValue?: Choice },
): Field<Choice | null> {
  const isChoice = (value: unknown): value is Choice => choices.some((each) => each === value);
  return field('text', options, isChoice, {
    column: () => DataTypes.TEXT,
    schema: z.enum(choices, `Choose one of ${choices.join(', ')}.`),
    choices,
    isNullable: options.defaultValue === undefined,
    defaultValue: options.defaultValue,
  });
}

/** Some of some words, at least one. */
export function choices<const Choice extends string>(
  words: readonly Choice[],
  options: FieldOptions,
): NeededField<Choice[]> {
  const isChoices = (value: unknown): value is Choice[] =>
    Array.isArray(value) && value.every((entry) => words.some((each) => each === entry));
  const entry = z.enum(words, `Choose from ${words.join(', ')}.`);
  const needed = field('list', options, isChoices, {
    column: () => DataTypes.ARRAY(DataTypes.TEXT),
    schema: z.array(entry).min(1, 'Choose at least one.').max(words.length),
    choices: words,
    maxEntries: words.length,
  });
  return { ...needed, isNeeded: true };
}

/** A list of texts; empty when nothing is known. */
export function list(
  options: FieldOptions & { readonly format?: 'line' | 'webAddress'; readonly max?: number },
): Field<string[]> {
  const { format = 'line', max = 500 } = options;
  const entry = format === 'line' ? upTo(max) : webAddressText;
  return field<string[]>('list', options, isTexts, {
    column: () => DataTypes.ARRAY(DataTypes.TEXT),
    format,
    schema: textList(entry),
    maxLength: format === 'line' ? max : longest.webAddress,
    maxEntries: 1000,
    defaultValue: [],
  });
}

/** True or false; or not known, where it may be. */
export function flag(options: FieldOptions & { readonly isNullable: true }): Field<boolean | null>;
export function flag(options: FieldOptions & { readonly defaultValue?: boolean }): Field<boolean>;
export function flag(
  options: FieldOptions & { readonly isNullable?: true; readonly defaultValue?: boolean },
): Field<boolean | null> {
  const { isNullable = false, defaultValue = false } = options;
  return field('flag', options, (value) => typeof value === 'boolean', {
    column: () => DataTypes.BOOLEAN,
    schema: z.boolean(),
    isNullable,
    defaultValue: isNullable ? undefined : defaultValue,
  });
}

/** Degrees north or east, WGS 84. */
export function latitude(options: FieldOptions): Field<number | null> {
  return degreesField(90, options);
}

export function longitude(options: FieldOptions): Field<number | null> {
  return degreesField(180, options);
}

/** A place in an order, from 0. */
export function position(options: FieldOptions): Field<number> {
  return field('integer', options, isNumber, {
    column: () => DataTypes.INTEGER,
    schema: positionNumber,
    maximum: 2_147_483_647,
    defaultValue: 0,
  });
}

/** An amount of money with two decimal places, as text. */
export function decimal(options: FieldOptions): Field<string | null> {
  return field('decimal', options, isText, {
    column: () => DataTypes.DECIMAL(12, 2),
    schema: price,
    digits: [10, 2],
    isNullable: true,
  });
}

/** An instant. */
export function moment(options: FieldOptions & Needed): NeededField<Date>;
export function moment(options: FieldOptions): Field<Date | null>;
export function moment(options: FieldOptions & Partial<Needed>): Field<Date | null> {
  return field('moment', options, (value) => value instanceof Date, {
    column: () => DataTypes.DATE,
    schema: momentText,
    isNullable: options.isNeeded !== true,
    isNeeded: options.isNeeded === true,
  });
}

/** A local time of day, "18:00:00". */
export function timeOfDay(options: FieldOptions): NeededField<string> {
  const needed = field('timeOfDay', options, isText, { column: () => DataTypes.TIME, schema: timeOfDayText });
  return { ...needed, isNeeded: true };
}

/** A value of several parts, with a schema of its own. */
export function json<Value>(schema: z.ZodType<Value>, options: FieldOptions): Field<Value | null> {
  const isValue = (value: unknown): value is NonNullable<Value> => schema.safeParse(value).success;
  return field<Value | null>('json', options, isValue, {
    column: () => DataTypes.JSONB,
    schema,
    isNullable: true,
  });
}

type ReferenceOptions = Omit<FieldOptions, 'description'> &
  Omit<Reference, 'table'> & { readonly description?: string };

/** The id of a record of another table, or of the same. */
export function reference(table: string, options: ReferenceOptions & Needed): NeededField<string>;
export function reference(table: string, options: ReferenceOptions): Text;
export function reference(table: string, options: ReferenceOptions & Partial<Needed>): Text {
  const { exportedAs, inverse, isNeeded = false } = options;
  const path = table.replaceAll('_', '-');
  const described = { description: `Number of one of /${path}`, ...options };
  return field('reference', described, isText, {
    column: () => DataTypes.BIGINT,
    schema: options.isReadOnly ? recordId : referenceTo(path),
    isNullable: !isNeeded,
    isNeeded,
    reference: {
      table,
      ...(exportedAs !== undefined && { exportedAs }),
      ...(inverse !== undefined && { inverse }),
    },
  });
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number';
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);

function textField(
  format: TextFormat,
  maxLength: number,
  schema: z.ZodType,
  options: FieldOptions & Partial<Needed>,
): Text {
  const { isNeeded = false } = options;
  const parts = { column: () => DataTypes.TEXT, format, schema, maxLength };
  return field('text', options, isText, { ...parts, isNullable: !isNeeded, isNeeded });
}

function degreesField(maximum: number, options: FieldOptions): Field<number | null> {
  return field('number', options, isNumber, {
    column: () => DataTypes.DOUBLE,
    schema: degrees(maximum),
    maximum,
    isNullable: true,
  });
}

interface FieldParts<Value> extends Partial<Omit<Field<Value>, keyof FieldOptions | 'column' | 'schema'>> {
  readonly column: () => DataType;
  readonly schema: z.ZodType;
}

function field<Value>(
  type: FieldType,
  options: FieldOptions,
  isOne: (value: unknown) => value is NonNullable<Value>,
  parts: FieldParts<Value>,
): Field<Value> {
  const { description, help, label, examples, group, before, from, isReadOnly, isBookkeeping, keyOf } =
    options;
  const source = typeof from === 'string' ? { properties: [from] as const } : (from ?? null);
  return {
    format: null,
    isNullable: false,
    isNeeded: false,
    defaultValue: undefined,
    maxLength: null,
    maxEntries: null,
    choices: null,
    maximum: null,
    digits: [0, 0],
    reference: null,
    ...parts,
    type,
    isValue: (value): value is Value => (value === null ? parts.isNullable === true : isOne(value)),
    source,
    description,
    ...(help !== undefined && { help }),
    ...(label !== undefined && { label }),
    ...(examples !== undefined && { examples }),
    ...(group !== undefined && { group }),
    ...(before !== undefined && { before }),
    ...(isReadOnly !== undefined && { isReadOnly }),
    ...(isBookkeeping !== undefined && { isBookkeeping }),
    ...(keyOf !== undefined && { keyOf }),
  };
}
