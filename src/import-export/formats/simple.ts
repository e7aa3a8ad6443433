import type { Options } from 'csv-stringify';
import { stringify } from 'csv-stringify/sync';
import { type ExportedValues, type ExportFormat, exportedColumns } from '../exported-record.ts';

/** With what a spreadsheet takes a cell for a formula, full-width forms too; apostrophes in front are kept apart from ours. */
const formula = /^'*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/;

/** Text for a cell: with an apostrophe in front where a spreadsheet would run it. */
export function escapeFormula(text: string): string {
  return formula.test(text) ? `'${text}` : text;
}

/** The text that `escapeFormula` was given. */
export function unescapeFormula(cell: string): string {
  return cell.startsWith("'") && formula.test(cell.slice(1)) ? cell.slice(1) : cell;
}

const options: Options = { record_delimiter: 'windows' };

/**
 * CSV (RFC 4180): the attributes are the columns. Lists are JSON, so that they can be read back. Cells that a
 * spreadsheet would run as a formula get an apostrophe in front.
 */
export const csv: ExportFormat = {
  title: 'CSV (RFC 4180)',
  mediaType: 'text/csv; charset=utf-8',
  kinds: ['places', 'events'],
  begin: (kind) => stringify([exportedColumns(kind)], options),
  record: ({ values }) => stringify([Object.values(values).map(cell)], options),
  end: () => '',
};

function cell(value: unknown): string | number {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return escapeFormula(value);
  // A number is no formula, even below zero.
  return typeof value === 'number' ? value : JSON.stringify(value);
}

/** GeoJSON (RFC 7946): a feature for each record, at its place; with no geometry where that is not known. */
export const geojson: ExportFormat = {
  title: 'GeoJSON (RFC 7946)',
  mediaType: 'application/geo+json',
  kinds: ['places', 'events'],
  begin: () => '{"type":"FeatureCollection","features":[',
  record: ({ values, place }, isFirst) => {
    const { id, ...properties } = values;
    const feature = {
      type: 'Feature',
      id,
      geometry: pointOf(place),
      properties,
    };
    return `${isFirst ? '' : ','}\n${JSON.stringify(feature)}`;
  },
  end: () => '\n]}\n',
};

function pointOf(place: ExportedValues | null): object | null {
  if (place === null || typeof place.latitude !== 'number' || typeof place.longitude !== 'number')
    return null;
  return { type: 'Point', coordinates: [place.longitude, place.latitude] };
}

/** JSON Lines: each record on a line, as the API answers it. */
export const jsonl: ExportFormat = {
  title: 'JSON Lines',
  mediaType: 'application/jsonl; charset=utf-8',
  kinds: ['places', 'events'],
  begin: () => '',
  record: ({ values }) => `${JSON.stringify(values)}\n`,
  end: () => '',
};
