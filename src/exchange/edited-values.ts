import { isDeepStrictEqual } from 'node:util';
import type { RecordValues } from './exported-record.ts';

/** Fields that mean something together only: they are taken over all or none. */
const groups = [
  ['latitude', 'longitude'],
  ['streetAddress', 'addressLocality', 'addressRegion', 'postalCode', 'addressCountry'],
  ['startDate', 'endDate', 'timeZone', 'allDay', 'timeKnown'],
  ['lowPrice', 'highPrice', 'priceCurrency'],
];

/**
 * The values of a row that was exported here, with what nobody edited in it as the record is now: others may have
 * written there since.
 *
 * @param base as it was exported
 */
export function editedValues(values: RecordValues, base: RecordValues, now: RecordValues): RecordValues {
  const edited: Record<string, unknown> = { ...values };
  for (const field of Object.keys(now)) {
    const group = groups.find((each) => each.includes(field)) ?? [field];
    if (!group.every((each) => isSame(values[each], base[each]))) continue;
    for (const each of group) edited[each] = now[each];
  }
  return edited;
}

/** Whether a cell says what was exported: of CSV, in the text that stands for it. */
function isSame(cell: unknown, exported: unknown): boolean {
  if ((cell ?? '') === '' && (exported ?? '') === '') return true;
  if (typeof cell === 'string' && typeof exported !== 'string') return cell === JSON.stringify(exported);
  return isDeepStrictEqual(cell, exported);
}
