import type { ImportedRow } from './imported-row.ts';
import { readCsv } from './readers/read-csv.ts';
import { readGeoJson } from './readers/read-geojson.ts';
import { readJsonLines } from './readers/read-json-lines.ts';

/** Every format that records are imported from, by the ending of its files. The only list of them. */
export const importFormats = {
  geojson: readGeoJson,
  jsonl: readJsonLines,
  csv: readCsv,
} as const satisfies Record<string, (file: string) => AsyncIterable<ImportedRow>>;

export type ImportFormatName = keyof typeof importFormats;
