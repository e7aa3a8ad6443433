import { type Model, Op, type Transaction, type WhereOptions } from 'sequelize';
import { registrationOf } from '../../../audit/read/index.ts';
import { isId } from '../../../ids.ts';
import { normaliseTimeZone } from '../../../normalise/zones.ts';
import { likePattern } from '../../../records/index.ts';
import type { FormField } from './form-field.ts';
import { type FieldValue, fieldText, fieldValue, recordZone, textMark } from './form-values.ts';
import { nounOf, recordLabel } from './reference-link.ts';

/** A record that a text may mean. */
export interface ReferenceMatch {
  readonly id: string;
  readonly label: string;
}

/** So many matches are offered. */
const mostMatches = 20;

/**
 * The records that a text names: by the number, else those that are called exactly so, else by a part of what they are
 * called.
 *
 * @param target the name of the model that is pointed to
 */
export async function resolveReference(
  target: string,
  text: string,
  transaction: Transaction,
): Promise<ReferenceMatch[]> {
  const registration = registrationOf(target);
  if (registration === undefined) return [];
  const { model, labelAttribute } = registration;

  const find = async (where: WhereOptions): Promise<ReferenceMatch[]> => {
    const found = await model
      .unscoped()
      .findAll({ where, order: [[labelAttribute ?? 'id', 'ASC']], limit: mostMatches, transaction });
    return found.map((record) => ({ id: String(record.get('id')), label: recordLabel(record) }));
  };
  if (isId(text)) return await find({ id: text });
  if (labelAttribute === null) return [];
  const anywhere = likePattern(text);
  const exact = await find({ [labelAttribute]: { [Op.iLike]: anywhere.slice(1, -1) } });
  return exact.length > 0 ? exact : await find({ [labelAttribute]: { [Op.iLike]: anywhere } });
}

/** A form that was sent. */
export interface SentForm {
  /** What stands in each field. */
  readonly texts: ReadonlyMap<string, string>;
  /** The fields that the person has changed. */
  readonly changed: ReadonlySet<string>;
  /** Those of them that had another value when the form was shown. */
  readonly stale: ReadonlySet<string>;
  /** What the changed fields mean. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly problems: ReadonlyMap<string, string>;
  /** For what a text in a foreign key's field may mean, where it is several records. */
  readonly matches: ReadonlyMap<string, readonly ReferenceMatch[]>;
}

/** The name of the hidden field that says what a field held when the form was shown. */
export const markName = (name: string): string => `${name}:was`;

/** The name of the list of records that a text may mean. */
export const matchName = (name: string): string => `${name}:match`;

/**
 * Reads a form. Only what the person changed is read: a value that nobody touched stays as it is, even one that the
 * form could not write.
 *
 * @param record what the form is about; null for a new record
 */
export async function readForm(
  fields: readonly FormField[],
  sent: URLSearchParams,
  record: Model | null,
  transaction: Transaction,
): Promise<SentForm> {
  const texts = new Map<string, string>();
  const changed = new Set<string>();
  const stale = new Set<string>();
  for (const field of fields) {
    const shown = fieldText(field, record?.get(field.name) ?? null, recordZone(record));
    // A form that lacks a field of a new record leaves it empty; of a record that there is, as it stands.
    const text = sentText(field, sent) ?? (record === null ? '' : null);
    texts.set(field.name, text ?? shown);
    if (text === null) continue;
    const now = textMark(field, shown);
    const was = sent.get(markName(field.name)) ?? now;
    if (record !== null && textMark(field, text) === was) continue;
    changed.add(field.name);
    if (record !== null && was !== now) stale.add(field.name);
  }
  const zone = normaliseTimeZone(texts.get('timeZone') ?? '') ?? recordZone(record);
  // Another zone gives the times that stand there another meaning.
  const rezoned = changed.has('timeZone') ? fields.filter(({ kind }) => kind === 'moment') : [];
  for (const { name } of rezoned) changed.add(name);

  const values: Record<string, unknown> = {};
  const problems = new Map<string, string>();
  const matches = new Map<string, readonly ReferenceMatch[]>();
  for (const field of fields) {
    const text = texts.get(field.name) ?? '';
    // What a new record is not told, its model may know.
    if (!changed.has(field.name) || (record === null && text.trim() === '' && hasDefault(field))) continue;
    const found = await meantRecords(field, text.trim(), transaction);
    if (found.length > 1) matches.set(field.name, found);
    const read = meaning(field, text.trim(), { found, zone });
    if ('problem' in read) problems.set(field.name, read.problem);
    else values[field.name] = read.value;
  }
  return { texts, changed, stale, values, problems, matches };
}

/** Null for a field that the form did not have. */
function sentText({ name, kind, choices }: FormField, sent: URLSearchParams): string | null {
  const all = sent.getAll(name);
  if (all.length === 0) return null;
  if (kind === 'list' && choices !== undefined) return all.filter((text) => text !== '').join('\n');
  if (kind === 'reference') return sent.get(matchName(name)) || (all[0] ?? '');
  return (all[0] ?? '').replaceAll('\r\n', '\n');
}

function hasDefault({ defaultValue, isNullable }: FormField): boolean {
  return defaultValue !== null || isNullable;
}

async function meantRecords(
  { target }: FormField,
  text: string,
  transaction: Transaction,
): Promise<ReferenceMatch[]> {
  return target === null || text === '' ? [] : await resolveReference(target, text, transaction);
}

function meaning(
  field: FormField,
  text: string,
  { found, zone }: { found: readonly ReferenceMatch[]; zone: string },
): FieldValue {
  const { target } = field;
  const [only] = found;
  if (target === null || text === '') return fieldValue(field, text, zone);
  if (found.length > 1) return { problem: 'Several records have that name: choose one.' };
  if (only !== undefined) return fieldValue(field, only.id, zone);
  const isNumber = /^\d+$/.test(text);
  return {
    problem: isNumber
      ? `There is no ${nounOf(target)} ${text.slice(0, 40)}.`
      : `No ${nounOf(target)} has that name.`,
  };
}

/** What tells one state of a record from the next: when it was last written. */
export function recordVersion(record: Model): string {
  const updatedAt: unknown = record.get('updatedAt');
  return updatedAt instanceof Date ? updatedAt.toISOString() : '';
}
