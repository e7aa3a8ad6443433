import { HotspotsError } from '../errors.ts';
import type { ExportKind } from './export-format.ts';
import { type ExportFormatName, exportFormats } from './export-formats.ts';

/** @throws HotspotsError USAGE when records of the kind do not go into the format */
export function checkExport(kind: ExportKind, format: ExportFormatName): void {
  const { kinds } = exportFormats[format];
  if (!kinds.some((known) => known === kind))
    throw new HotspotsError('USAGE', `${kind} cannot be exported as ${format}; ${kinds.join(' and ')} can.`);
}
