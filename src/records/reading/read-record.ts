import { createHash } from 'node:crypto';
import type { Thing } from '../../extract/item.ts';
import type { Field, JointSource } from '../field.ts';
import { type DefinedKind, fieldsOf, type RecordKind } from '../kind.ts';
import { recordKinds } from '../kinds.ts';
import type { RejectionReason } from '../sources.ts';
import { jointReaders } from './joint-readers.ts';
import { fieldReaders, type ReadContext, readProperty } from './readers.ts';

/** An item, and what is known of where it comes from. */
export interface ReadItem {
  readonly thing: Thing;
  readonly source: ReadContext['source'];
  readonly syntax?: string;
  /** The page that it is on; left out for an item inside another one. */
  readonly pageUrl?: string;
  /** IANA zone of the place where an event is. */
  readonly placeTimeZone?: string | null;
}

/** What an item says of a record. What it does not say is absent, and leaves the record as it is. */
export interface ReadValues<Values> {
  values: Partial<Values>;
  /** Why the item cannot become a record; empty when it can. */
  reasons: RejectionReason[];
}

/** Reads an item into the fields of a kind of record, as its definition says. */
export function readItem<Values extends object>(
  kind: DefinedKind<Values>,
  item: ReadItem,
): ReadValues<Values> {
  const reasons: RejectionReason[] = [];
  const stated = statedValues(kind, item, reasons);
  const values: Partial<Values> = {};
  for (const name in kind.fields) {
    const value = stated(name);
    if (value === undefined) continue;
    const field: Field<Values[typeof name]> = kind.fields[name];
    if (!field.isValue(value))
      throw new TypeError(`What was read of ${kind.name}.${name} does not fit in it.`);
    values[name] = value;
  }
  return { values, reasons };
}

/** What an item says of each field; undefined: nothing. Each is read once, when it is first asked for. */
function statedValues(
  kind: RecordKind,
  item: ReadItem,
  reasons: RejectionReason[],
): (name: string) => unknown {
  const fields = new Map(fieldsOf(kind));
  const known = new Map<string, unknown>();
  const parts = new Map<JointSource, Readonly<Record<string, unknown>> | null>();
  const context: ReadContext = {
    thing: item.thing,
    syntax: item.syntax ?? '',
    pageUrl: item.pageUrl ?? null,
    source: item.source,
    placeTimeZone: item.placeTimeZone ?? null,
    text: (name) => {
      const value = stated(name);
      return typeof value === 'string' ? value : null;
    },
    number: (name) => {
      const value = stated(name);
      return typeof value === 'number' ? value : null;
    },
    reject: (reason) => void reasons.push(reason),
  };
  const maxLength = (name: string) => fields.get(name)?.maxLength ?? 0;

  function read(name: string): unknown {
    const field = fields.get(name);
    const joint = kind.joint.find((each) => each.fields.includes(name));
    if (joint !== undefined) {
      if (!parts.has(joint)) parts.set(joint, jointReaders[joint.by].read(context, maxLength));
      return parts.get(joint)?.[name];
    }
    const source = field?.source ?? null;
    if (field === undefined || source === null) return undefined;
    const value =
      source.by === undefined
        ? readProperty(field, source.properties[0], context)
        : fieldReaders[source.by].read(context, maxLength(name), source);
    return value === null || (Array.isArray(value) && value.length === 0) ? undefined : value;
  }

  function stated(name: string): unknown {
    if (!known.has(name)) known.set(name, read(name));
    return known.get(name);
  }
  return stated;
}

const hashes = new Map<RecordKind, string>();

/**
 * A hash of how items are read into a kind of record: its fields, their limits, their properties and readers, and those
 * of the kinds that come along with it. When it changes, items that are as they were are read again.
 */
export function readingHash(kind: RecordKind): string {
  const known = hashes.get(kind);
  if (known !== undefined) return known;
  const alongside = fieldsOf(kind).flatMap(([, { reference }]) =>
    reference?.exportedAs === undefined ? [] : recordKinds.filter(({ table }) => table === reference.table),
  );
  const parts = [
    fieldsOf(kind).map(([name, field]) => [name, ...readingOf(field)]),
    kind.together,
    kind.joint.map((joint) => [joint, String(jointReaders[joint.by].read)]),
    alongside.map(readingHash),
  ];
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  hashes.set(kind, hash);
  return hash;
}

function readingOf({ type, format, maxLength, maxEntries, choices, source }: Field<unknown>): unknown[] {
  const reader = source?.by === undefined ? '' : String(fieldReaders[source.by].read);
  return [type, format, maxLength, maxEntries, choices, source, reader];
}
