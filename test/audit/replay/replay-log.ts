import { isDeepStrictEqual } from 'node:util';
import { type Entry, type RecordedState, recordedColumns, type Values } from './recorded-state.ts';

const masked: ReadonlySet<string> = new Set(['secret']);
const mask = '********';

interface Replayed {
  values: Record<string, unknown>;
  tags: Set<string>;
}

/**
 * Folds entries in the order of their ids, record by record, and compares each step with the one before and the
 * outcome with the rows. Written from the form of the entries alone: none of the project's code is used.
 *
 * @param isMeant chooses the records that are looked at, by `Model/id`.
 * @returns what does not hold, in sentences.
 */
export function replayLog(state: RecordedState, isMeant: (key: string) => boolean = () => true): string[] {
  const problems: string[] = [];
  const replayed = new Map<string, Replayed | null>();
  for (const entry of state.entries) {
    const key = `${entry.model}/${entry.objectId}`;
    if (!isMeant(key)) continue;
    const problem = (text: string) => problems.push(`Entry ${entry.id} of ${key}: ${text}`);
    replayed.set(key, step(replayed.get(key) ?? null, entry, problem));
  }
  for (const key of new Set([...replayed.keys(), ...state.rows.keys()])) {
    if (!isMeant(key)) continue;
    compare(key, replayed.get(key) ?? null, state, (text) => problems.push(`${key}: ${text}`));
  }
  return problems;
}

function step(before: Replayed | null, entry: Entry, problem: (text: string) => void): Replayed | null {
  const attributes = Object.keys(recordedColumns[entry.model]?.columns ?? {});
  if (entry.action === 0 && before !== null) problem('created, and was there.');
  if (entry.action !== 0 && before === null) problem('changed, and was not there.');
  if (entry.action === 1 && Object.keys(entry.changes).length === 0) problem('an update without a change.');
  const base = entry.action === 0 ? null : before;
  const after: Replayed = {
    values: base?.values ?? Object.fromEntries(attributes.map((name) => [name, null])),
    tags: base?.tags ?? new Set(),
  };
  for (const [field, change] of Object.entries(entry.changes)) {
    if (field === 'tags') applyTags(after.tags, change, problem);
    else if (!attributes.includes(field)) problem(`${field} is not recorded.`);
    else if (!Array.isArray(change) || change.length !== 2) problem(`${field} is no pair.`);
    else applyChange(after.values, field, change[0], change[1], problem);
  }
  if (entry.action !== 2) return after;
  for (const [field, value] of Object.entries(after.values)) {
    if (value !== null) problem(`deleted, but ${field} remained ${JSON.stringify(value)}.`);
  }
  return null;
}

function applyChange(
  values: Record<string, unknown>,
  field: string,
  old: unknown,
  now: unknown,
  problem: (text: string) => void,
): void {
  if (masked.has(field)) {
    for (const side of [old, now]) if (side !== null && side !== mask) problem(`${field} shows a secret.`);
    if (old === null && now === null) problem(`${field} did not change.`);
  } else if (isDeepStrictEqual(old, now)) {
    problem(`${field} did not change.`);
  }
  if (!isDeepStrictEqual(values[field], old)) {
    problem(`${field} was ${JSON.stringify(old)}, but ${JSON.stringify(values[field])} by the entry before.`);
  }
  values[field] = now;
}

function applyTags(tags: Set<string>, change: unknown, problem: (text: string) => void): void {
  const operation: unknown =
    typeof change === 'object' && change !== null && Reflect.get(change, 'operation');
  const ids: unknown = typeof change === 'object' && change !== null && Reflect.get(change, 'ids');
  if ((operation !== 'add' && operation !== 'delete') || !Array.isArray(ids)) {
    problem('tags is no many-to-many change.');
    return;
  }
  for (const id of ids) {
    if (tags.has(id) === (operation === 'add')) problem(`tag ${id}: ${operation}, and it was so already.`);
    if (operation === 'add') tags.add(id);
    else tags.delete(id);
  }
}

function compare(
  key: string,
  replayed: Replayed | null,
  { rows, tags }: RecordedState,
  problem: (text: string) => void,
): void {
  const row = rows.get(key);
  if (replayed === null) {
    if (row !== undefined) problem('there, but not by the log.');
    return;
  }
  if (row === undefined) {
    problem('not there, but there by the log.');
    return;
  }
  for (const [field, value] of Object.entries(shown(row))) {
    const expected = replayed.values[field];
    if (!isDeepStrictEqual(value, expected))
      problem(`${field} is ${JSON.stringify(value)}, but ${JSON.stringify(expected)} by the log.`);
  }
  const attached = [...replayed.tags].sort();
  if (!isDeepStrictEqual(tags.get(key) ?? [], attached))
    problem(`has the tags ${tags.get(key) ?? 'none'}, but ${attached} by the log.`);
}

function shown(row: Values): Values {
  const values = Object.entries(row).map(([field, value]) => [
    field,
    masked.has(field) && value !== null ? mask : value,
  ]);
  return Object.fromEntries(values);
}
