import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { z } from 'zod';
import { HotspotsError } from '../../errors.ts';
import type { ImportedRow } from '../exported-record.ts';
import { unescapeFormula } from '../formats/simple.ts';
import { fileText } from './text.ts';

/** Characters. A longer record is refused. */
const longestRecord = 1_000_000;

const recordSchema = z.object({ record: z.array(z.string()), info: z.object({ lines: z.number() }) });

/**
 * CSV (RFC 4180) with a line of titles. Empty cells say nothing; the apostrophe that the export puts in front of what a
 * spreadsheet would run is taken off.
 *
 * @throws HotspotsError IMPORT_UNREADABLE, PERMISSION_DENIED
 */
export async function* readCsv(file: string): AsyncGenerator<ImportedRow> {
  const parser = parse({
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: longestRecord,
  });
  const input = Readable.from(fileText(file));
  input.on('error', (error) => parser.destroy(error));
  input.pipe(parser);
  let titles: string[] | null = null;
  try {
    for await (const given of parser) {
      const { record, info } = recordSchema.parse(given);
      if (titles === null) titles = titlesOf(file, record);
      else yield rowOf(info.lines, titles, record);
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    if (titles === null) await checkCommas(file);
    throw new HotspotsError('IMPORT_UNREADABLE', `${file} is not CSV: ${error.message}.`, { cause: error });
  } finally {
    input.destroy();
  }
}

function titlesOf(file: string, record: readonly string[]): string[] {
  const titles = record.map((title) => title.trim());
  if (titles.length === 1) refuseOtherSeparators(file, titles[0] ?? '');
  const twice = titles.find((title, index) => titles.indexOf(title) !== index);
  if (twice === undefined) return titles;
  throw new HotspotsError(
    'IMPORT_UNREADABLE',
    `${file} has two columns ${JSON.stringify(twice)}. Name each once.`,
  );
}

/** What is no CSV further on may be so because it is separated by something else. */
async function checkCommas(file: string): Promise<void> {
  for await (const piece of fileText(file)) {
    const [first = ''] = piece.split('\n');
    if (!first.includes(',')) refuseOtherSeparators(file, first);
    return;
  }
}

function refuseOtherSeparators(file: string, titles: string): void {
  if (!/[;\t]/.test(titles)) return;
  throw new HotspotsError(
    'IMPORT_UNREADABLE',
    `${file} is not separated by commas. Save it again as CSV with commas.`,
  );
}

function rowOf(line: number, titles: readonly string[], record: readonly string[]): ImportedRow {
  if (record.length !== titles.length)
    return { line, problem: `The line has ${record.length} cells; there are ${titles.length} columns.` };
  return {
    line,
    values: Object.fromEntries(
      titles.flatMap((title, index) => {
        const text = unescapeFormula(record[index] ?? '');
        return text === '' ? [] : [[title, text]];
      }),
    ),
  };
}
