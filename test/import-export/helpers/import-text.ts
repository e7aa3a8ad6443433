import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Sequelize } from 'sequelize';
import { eventPipeline } from '../../../pipelines/event.ts';
import { placePipeline } from '../../../pipelines/place.ts';
import type { Actor } from '../../../src/audit/actors.ts';
import { type ImportOptions, type ImportResult, importRecords } from '../../../src/import-export/import.ts';
import type { RefusedRow } from '../../../src/import-export/write-rows.ts';

type Given = Partial<ImportOptions> & { by: Actor; folder: string; name?: string };

/** Imports what stands in a file of this text, and tells what was refused. */
export async function importText(
  sequelize: Sequelize,
  text: string | Uint8Array,
  { folder, name = 'town', kind = 'places', format = 'jsonl', ...options }: Given,
): Promise<ImportResult & { refused: RefusedRow[] }> {
  const file = path.join(folder, `${name}.${format}`);
  await writeFile(file, text);
  const refused: RefusedRow[] = [];
  const result = await importRecords(sequelize, {
    pipeline: kind === 'places' ? placePipeline : eventPipeline,
    path: file,
    kind,
    format,
    ...options,
    onRefused: (rows) => refused.push(...rows),
  });
  return { ...result, refused };
}
