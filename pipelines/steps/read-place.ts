import type { ItemSource } from '../../src/crawl/source.ts';
import type { Thing } from '../../src/extract/item.ts';
import { type Place, placeDefinition } from '../../src/records/index.ts';
import { readItem } from '../../src/records/reading/index.ts';
import type { ReadResult } from './reject-items.ts';

/** What an item says about a place; what it does not say is absent and leaves the record as it is. */
export type PlaceValues = Pick<Place, 'name'> & Partial<Pick<Place, keyof typeof placeDefinition.fields>>;

/** Validates and normalises a place. It must have a name; everything else may be missing or unreadable. */
export function readPlace(thing: Thing, source: ItemSource): ReadResult<PlaceValues> {
  const { values, reasons } = readItem(placeDefinition, { thing, source });
  const { name } = values;
  return name === undefined || reasons.length > 0
    ? { ok: false, reasons }
    : { ok: true, values: { ...values, name } };
}
