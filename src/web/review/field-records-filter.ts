import { HotspotsError } from '../../errors.ts';
import type { FieldRecordsFilter, IdPage } from '../../write-policy/holds.ts';
import type { FilterField } from '../filter-form.ts';

/** The conditions of the lists of suggestions and holds. */
export const fieldRecordsFields: readonly FilterField[] = [
  { word: 'source', label: 'Source' },
  { word: 'model', label: 'Kind of record', short: true },
  { word: 'object', label: 'Record’s id', short: true },
  { word: 'field', label: 'Field', short: true },
];

const words = { source: 'source', model: 'model', object: 'objectId', field: 'field' } as const;

/** @throws HotspotsError USAGE for a word that is no condition */
export function fieldRecordsFilter(
  query: URLSearchParams,
  limit: number,
): { filter: FieldRecordsFilter; page: IdPage } {
  const filter: FieldRecordsFilter = {};
  let before: string | undefined;
  for (const [word, value] of query) {
    if (value === '') continue;
    const key = Object.entries(words).find(([name]) => name === word)?.[1];
    if (word === 'before' && /^[1-9]\d{0,17}$/.test(value)) before = value;
    else if (key !== undefined && !value.includes('\0')) filter[key] = value;
    else {
      const given = JSON.stringify(`${word}=${value}`.slice(0, 100));
      throw new HotspotsError('USAGE', `Filters are ${Object.keys(words).join(', ')}; given: ${given}.`);
    }
  }
  return { filter, page: { limit, before } };
}
