import { createReadStream } from 'node:fs';
import { HotspotsError } from '../../errors.ts';
import type { ImportedRow } from '../exported-record.ts';
import { isDeep } from '../row-to-thing.ts';

/**
 * The text of a file in UTF-8, piece by piece, without a byte order mark.
 *
 * @throws HotspotsError IMPORT_UNREADABLE, PERMISSION_DENIED
 */
export async function* fileText(file: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const chunk of createReadStream(file)) yield decoder.decode(chunk, { stream: true });
    yield decoder.decode();
  } catch (error) {
    throw readable(file, error);
  }
}

function readable(file: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const refused = (why: string) => new HotspotsError('IMPORT_UNREADABLE', `${file} ${why}`, { cause: error });
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
    return refused('is not in UTF-8. Save it again in that encoding; of a spreadsheet: as "CSV UTF-8".');
  if (code === 'ENOENT') return refused('does not exist.');
  if (code === 'EISDIR') return refused('is a folder. Name a file.');
  if (code === 'EACCES' || code === 'EPERM')
    return new HotspotsError('PERMISSION_DENIED', `${file} cannot be read: permission denied.`, {
      cause: error,
    });
  return error;
}

/** A row of a JSON value, which must be an object. */
export function objectRow(line: number, value: unknown): ImportedRow {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { line, problem: 'This is not an object with the fields of a record.' };
  if (isDeep(value)) return { line, problem: 'The values are nested too deep for a record.' };
  return { line, values: Object.fromEntries(Object.entries(value)) };
}

/** Characters. A longer line is no record. */
const longestLine = 1_000_000;

/** JSON Lines: one object on each line. @throws HotspotsError IMPORT_UNREADABLE, PERMISSION_DENIED */
export async function* readJsonLines(file: string): AsyncGenerator<ImportedRow> {
  let line = 0;
  let rest = '';
  let isTooLong = false;
  const row = (text: string): ImportedRow | null => {
    line += 1;
    const wasTooLong = isTooLong || text.length > longestLine;
    isTooLong = false;
    if (wasTooLong) return { line, problem: `The line is longer than ${longestLine} characters.` };
    if (text.trim() === '') return null;
    try {
      return objectRow(line, JSON.parse(text));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return { line, problem: `The line is not JSON: ${error.message}` };
    }
  };
  for await (const piece of fileText(file)) {
    const lines = (rest + piece).split(/\r?\n/);
    rest = lines.pop() ?? '';
    for (const text of lines) {
      const read = row(text);
      if (read !== null) yield read;
    }
    // What is known to be too long is not kept.
    if (rest.length > longestLine) [rest, isTooLong] = ['', true];
  }
  const last = rest === '' && !isTooLong ? null : row(rest);
  if (last !== null) yield last;
}
