import type { Model } from 'sequelize';
import { eventDefinition, fieldsOf, placeDefinition, type RecordKind } from '../records/index.ts';

/** A place or an event as it is exported: the words of the models, moments in ISO 8601 UTC, decimals and ids as text. */
export type ExportedValues = Readonly<Record<string, unknown>>;

export interface ExportedRecord {
  /** Of an event with its `location`: ids of places mean nothing elsewhere. */
  readonly values: ExportedValues;
  /** Where it is: of an event its place, of a place itself; null when that is not known. */
  readonly place: ExportedValues | null;
}

/** All attributes of a record. */
export function recordValues(record: Model): ExportedValues {
  return Object.fromEntries(
    Object.entries(record.get()).flatMap(([name, value]) => {
      if (typeof value === 'object' && value !== null && !(value instanceof Date) && !isData(value))
        return [];
      return [[name, value instanceof Date ? value.toISOString() : (value ?? null)]];
    }),
  );
}

/** Lists and ratings, but not a record that was read along. */
function isData(value: object): boolean {
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}

/** By what a place is known again elsewhere: its name, and where it is. */
const locationFields = ['name', ...placeDefinition.together.flat()];

/** Of a place what its events say of it. */
export function locationValues(place: ExportedValues): ExportedValues {
  return Object.fromEntries(locationFields.map((field) => [field, place[field]]));
}

export const exportKinds = ['places', 'events'] as const;
export type ExportKind = (typeof exportKinds)[number];

const definitions: Readonly<Record<ExportKind, RecordKind>> = {
  places: placeDefinition,
  events: eventDefinition,
};

/** The definition of the records of an export. */
export function definitionOf(kind: ExportKind): RecordKind {
  return definitions[kind];
}

/** What an export has in place of references, such as the `location` of an event. */
export function exportedAlong(kind: ExportKind): string[] {
  return fieldsOf(definitions[kind]).flatMap(([, { reference }]) => reference?.exportedAs ?? []);
}

/** The columns of an export, in their order. */
export function exportedColumns(kind: ExportKind): string[] {
  const fields = fieldsOf(definitions[kind]).map(([name]) => name);
  return ['id', ...fields, 'createdAt', 'updatedAt', ...exportedAlong(kind)];
}

/** A file format, written piece by piece. */
export interface ExportFormat {
  /** What people call it, with the paper that rules. */
  readonly title: string;
  readonly mediaType: string;
  readonly kinds: readonly ExportKind[];
  readonly begin: (kind: ExportKind) => string;
  readonly record: (record: ExportedRecord, isFirst: boolean) => string;
  readonly end: () => string;
}

/** One record of a file that is imported, before anything of it is checked. */
export type ImportedRow =
  | { readonly line: number; readonly values: Readonly<Record<string, unknown>> }
  /** A line that cannot be read at all; the others are. */
  | { readonly line: number; readonly problem: string };
