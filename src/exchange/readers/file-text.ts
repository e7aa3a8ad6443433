import { createReadStream } from 'node:fs';
import { HotspotsError } from '../../errors.ts';

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
