import { type ExportFormatName, exportFormats } from './export-formats.ts';

/** Whether a word names a format that records are exported in. */
export function isExportFormat(word: string): word is ExportFormatName {
  return Object.hasOwn(exportFormats, word);
}
