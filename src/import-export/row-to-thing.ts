import { createHash } from 'node:crypto';
import type { PropertyValue, Thing } from '../extract/item.ts';
import { type Field, fieldOf, fieldsOf, isRead, type RecordKind, recordKinds } from '../records/index.ts';
import { fieldReaders, jointReaders } from '../records/reading/index.ts';
import { definitionOf, type ExportKind, exportedAlong } from './exported-record.ts';

/** How deep the values of a record are nested at most. */
const deepest = 20;

/** Whether a value is nested deeper than any record is: nobody may walk through it by recursion. */
export function isDeep(value: unknown): boolean {
  let level = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepest) return true;
    level = level.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []));
  }
  return false;
}

/** What a cell holds: the list or object that CSV has as JSON; any other text, also one that only begins so, as it is. */
export function cellData(cell: unknown): unknown {
  if (typeof cell !== 'string' || !/^[[{]/.test(cell)) return cell;
  try {
    const read: unknown = JSON.parse(cell);
    return isDeep(read) ? cell : read;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return cell;
  }
}

/** Whether a cell says something. What says nothing leaves a record as it is. */
export function isSaid(cell: unknown): boolean {
  return cell !== undefined && cell !== null && cell !== '';
}

type Values = Readonly<Record<string, unknown>>;

/** What the pipelines take from a row; everything else that a row has is named as not imported. */
function importedFields(kind: ExportKind): string[] {
  const definition = definitionOf(kind);
  const read = fieldsOf(definition).filter(([name]) => isRead(definition, name));
  return [...read.map(([name]) => name), ...exportedAlong(kind)];
}

/** The fields that rows can have. */
export function importableFields(kind: ExportKind): readonly string[] {
  return ['id', 'createdAt', 'updatedAt', ...importedFields(kind)];
}

/** The fields with a value that an import cannot write, such as `isClosed: true`. */
export function ignoredFields(kind: ExportKind, values: Values): string[] {
  const notes = fieldsOf(definitionOf(kind)).filter(([, { isBookkeeping }]) => isBookkeeping === true);
  const passed = new Set([...importableFields(kind), ...notes.map(([name]) => name)]);
  return Object.keys(values).filter(
    (name) => !passed.has(name) && isSaid(values[name]) && truth(values[name]) !== false,
  );
}

/**
 * A row in schema.org's words, as the pipelines read it. It is called by its id and moment of creation, which only one
 * record anywhere has, else by its address, else by what it is, where and when. Ids alone are those of any database,
 * and the line is another one after the next edit.
 */
export function rowToThing(kind: ExportKind, values: Values): Thing {
  const read = thingOf(definitionOf(kind), values);
  const { id, createdAt, url, name, startDate } = values;
  if (isSaid(id) && isSaid(createdAt))
    return { ...read, '@id': `urn:hotspots:${kind}:${String(id)}:${String(createdAt)}` };
  if (isSaid(url)) return read;
  const { address, geo, location } = read;
  const hash = createHash('sha256').update(JSON.stringify([name, startDate, address, geo, location]));
  return { ...read, '@id': `urn:hotspots:${kind}:content:${hash.digest('hex').slice(0, 32)}` };
}

function thingOf(kind: RecordKind, values: Values): Thing {
  const properties: Record<string, unknown> = {};
  for (const [name, field] of fieldsOf(kind)) {
    const { source, reference } = field;
    const value = cellValue(field, values[name]);
    if (source !== null && isSaid(value)) {
      const state = source.by === undefined ? undefined : fieldReaders[source.by].state;
      addProperties(properties, state?.(value, source) ?? { [source.properties[0]]: value });
    }
    const alongside = reference?.exportedAs;
    if (alongside === undefined) continue;
    const cell = cellData(values[alongside]);
    const target = recordKinds.find(({ table }) => table === reference?.table);
    properties[alongside] = isValues(cell) && target !== undefined ? thingOf(target, cell) : cell;
  }
  for (const { fields, by } of kind.joint) {
    const cells = fields.map((name) => [name, cellValue(fieldOf(kind, name), values[name])] as const);
    if (cells.some(([, value]) => isSaid(value)))
      addProperties(properties, jointReaders[by].state(Object.fromEntries(cells)));
  }
  return thing(kind.name, properties);
}

/** Lists of one property, such as the features of a place, come together. */
function addProperties(properties: Record<string, unknown>, added: Values): void {
  for (const [name, value] of Object.entries(added)) {
    const known = properties[name];
    properties[name] = Array.isArray(known) && Array.isArray(value) ? [...known, ...value] : value;
  }
}

/** What a cell means for a field: lists, flags and parts also as the text that the CSV export writes. */
export function cellValue({ type }: Pick<Field<unknown>, 'type'>, cell: unknown): unknown {
  if (!isSaid(cell)) return null;
  if (type === 'flag') return truth(cell) ?? cell;
  if (type === 'json') return cellData(cell);
  if (type !== 'list') return cell;
  const read = cellData(cell);
  return typeof read === 'string' ? [read] : read;
}

function truth(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value;
  return value === 'true' ? true : value === 'false' ? false : null;
}

const isValues = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function thing(type: string, properties: Values): Thing {
  const said = Object.entries(properties).flatMap(([name, value]) => {
    const property = propertyValue(value);
    return property === undefined ? [] : [[name, property] as const];
  });
  return { '@type': [type], ...Object.fromEntries(said) };
}

function propertyValue(value: unknown): PropertyValue | undefined {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.flatMap((each) => propertyValue(each) ?? []);
  if (!isValues(value)) return undefined;
  const type = value['@type'];
  return thing(Array.isArray(type) && typeof type[0] === 'string' ? type[0] : 'Thing', value);
}
