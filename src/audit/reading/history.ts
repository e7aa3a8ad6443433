import type { Sequelize } from 'sequelize';
import { type LogEntryPage, type PageOptions, pageOfEntries } from './page-of-entries.ts';
import { isModel, type ModelOrName, modelNameOf, type RecordReference, recordKey } from './record-key.ts';
import { readingLimit } from './scan-bounds.ts';
import type { ScanPath } from './scan-path.ts';

/**
 * The entries of a record, of several records (also of different models), or of a whole model, newest first.
 * Deleted records and models that are no longer registered keep their history. No records, no entries.
 */
export async function history(
  sequelize: Sequelize,
  of: ModelOrName | RecordReference | readonly RecordReference[],
  page: PageOptions = { limit: 100 },
): Promise<LogEntryPage> {
  return await pageOfEntries(sequelize, page, {
    path: pathOf(of),
    floor: '0',
    readingLimit: readingLimit({}),
    condition: () => 'true',
  });
}

function pathOf(of: ModelOrName | RecordReference | readonly RecordReference[]): ScanPath {
  if (typeof of === 'string' || isModel(of)) return { columns: ['model'], keys: [[modelNameOf(of)]] };
  const keys = listOf(of).map((record) => {
    const { model, objectId } = recordKey(record);
    return [model, objectId];
  });
  const different = new Map(keys.map((key) => [JSON.stringify(key), key]));
  return { columns: ['model', 'object_id'], keys: [...different.values()] };
}

function listOf(of: RecordReference | readonly RecordReference[]): readonly RecordReference[] {
  return isList(of) ? of : [of];
}

function isList(of: RecordReference | readonly RecordReference[]): of is readonly RecordReference[] {
  return Array.isArray(of);
}
