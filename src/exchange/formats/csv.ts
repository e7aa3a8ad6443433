import type { Options } from 'csv-stringify';
import { stringify } from 'csv-stringify/sync';
import { Event } from '../../records/event.ts';
import { Place } from '../../records/place.ts';
import type { ExportFormat, ExportKind } from '../export-format.ts';
import { escapeFormula } from '../formula-text.ts';

const options: Options = { record_delimiter: 'windows' };

/**
 * CSV (RFC 4180): the attributes are the columns. Lists are JSON, so that they can be read back. Cells that a
 * spreadsheet would run as a formula get an apostrophe in front.
 */
export const csv: ExportFormat = {
  title: 'CSV (RFC 4180)',
  mediaType: 'text/csv; charset=utf-8',
  kinds: ['places', 'events'],
  begin: (kind) => stringify([columnsOf(kind)], options),
  record: ({ values }) => stringify([Object.values(values).map(cell)], options),
  end: () => '',
};

function columnsOf(kind: ExportKind): string[] {
  return kind === 'places'
    ? Object.keys(Place.getAttributes())
    : [...Object.keys(Event.getAttributes()), 'location'];
}

function cell(value: unknown): string | number {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return escapeFormula(value);
  // A number is no formula, even below zero.
  return typeof value === 'number' ? value : JSON.stringify(value);
}
