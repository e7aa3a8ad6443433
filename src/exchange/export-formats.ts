import type { ExportFormat } from './export-format.ts';
import { csv } from './formats/csv.ts';
import { geojson } from './formats/geojson.ts';
import { ics } from './formats/ics.ts';
import { jsonl } from './formats/jsonl.ts';

/** Every format that records are exported in, by the ending of its files. The only list of them. */
export const exportFormats = { geojson, jsonl, csv, ics } as const satisfies Record<string, ExportFormat>;

export type ExportFormatName = keyof typeof exportFormats;
