import type { ImportedRow } from '../imported-row.ts';
import { fileText } from './file-text.ts';
import { objectRow } from './object-row.ts';

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
