import type { Sequelize } from 'sequelize';
import { type ExportOptions, exportRecords } from '../../../src/import-export/export.ts';

/** A whole export as one text. */
export async function exportedText(sequelize: Sequelize, options: ExportOptions): Promise<string> {
  return (await Array.fromAsync(exportRecords(sequelize, options))).join('');
}
