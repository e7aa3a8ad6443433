import { open, rename, rm } from 'node:fs/promises';
import { HotspotsError } from '../../errors.ts';
import {
  checkExport,
  type ExportFormatName,
  exportFormats,
  exportRecords,
  isExportFormat,
} from '../../import-export/export.ts';
import { exportKinds } from '../../import-export/exported-record.ts';
import { eventFilterSchema, placeFilterSchema } from '../../records/index.ts';
import { choiceOf, type OptionSpecs, type ParsedArguments, usageError } from '../arguments.ts';
import { type Command, exitCodes } from '../command.ts';
import { safeText, writeText } from '../terminal.ts';
import { withDatabase } from './options.ts';

const filterSchemas = { places: placeFilterSchema, events: eventFilterSchema };

/** `hotspots export`. */
export const exportCommand: Command = {
  usage: 'places|events --format=geojson|jsonl|csv|ics [--output=FILE] [CONDITIONS]',
  options: {
    format: {
      type: 'string',
      value: 'WORD',
      help: `${Object.keys(exportFormats).join(', ')}; else as FILE ends`,
    },
    output: {
      type: 'string',
      value: 'FILE',
      help: 'write there and not to stdout; the file is whole or is not made',
    },
    ...filterOptions(),
  },
  positionals: 1,
  examples: [
    [
      'npm run hotspots -- export events --since=2027-05-01 --until=2027-06-01 --output=may.ics',
      'What is on in May, for calendars',
    ],
  ],
  run: async (given) => {
    const kind = choiceOf('export', 'What is exported', given.positionals[0], exportKinds);
    if (kind === undefined) throw usageError('export', 'Say what to export: places or events.');
    const output = given.text('output');
    const format = formatOf(given.text('format'), output);
    checkExport(kind, format);
    const filter = filterOf(kind, given);
    await withDatabase(async ({ sequelize }) => {
      const pieces = exportRecords(sequelize, { kind, format, filter });
      if (output === undefined) await writePieces(pieces);
      else await writeFileWhole(output, pieces);
    });
    return exitCodes.done;
  },
};

/** The words that lists of the API have, as options. */
function filterOptions(): OptionSpecs {
  const shapes = Object.entries(filterSchemas).flatMap(([kind, { shape }]) =>
    Object.entries(shape).map(([word, schema]) => ({ kind, word, help: schema.unwrap().description ?? '' })),
  );
  return Object.fromEntries(
    [...Map.groupBy(shapes, ({ word }) => word)].map(([word, found]) => {
      const only = found.length === 1 ? `${found[0]?.kind} only: ` : '';
      return [optionOf(word), { type: 'string', value: 'VALUE', help: `${only}${found[0]?.help}` } as const];
    }),
  );
}

function optionOf(word: string): string {
  return word.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function formatOf(given: string | undefined, output: string | undefined): ExportFormatName {
  const names = Object.keys(exportFormats).filter(isExportFormat);
  const ending = output?.split('.').at(-1) ?? '';
  const format =
    choiceOf('export', '--format', given, names) ?? (isExportFormat(ending) ? ending : undefined);
  if (format === undefined) throw usageError('export', `Say the format: --format=${names.join('|')}.`);
  return format;
}

function filterOf(kind: (typeof exportKinds)[number], given: ParsedArguments): Record<string, string> {
  const words = new Set(Object.values(filterSchemas).flatMap(({ shape }) => Object.keys(shape)));
  const filter = Object.fromEntries(
    [...words].flatMap((word) => {
      const text = given.text(optionOf(word));
      return text === undefined ? [] : [[word, text]];
    }),
  );
  const read = filterSchemas[kind].safeParse(filter);
  if (read.success) return filter;
  const [issue] = read.error.issues;
  if (issue?.code === 'unrecognized_keys')
    throw usageError('export', `${kind} have no condition --${optionOf(issue.keys[0] ?? '')}.`);
  const word = String(issue?.path[0] ?? '');
  throw usageError(
    'export',
    `--${optionOf(word)}: ${issue?.message}; given: ${JSON.stringify(filter[word])}.`,
  );
}

async function writePieces(pieces: AsyncIterable<string>): Promise<void> {
  for await (const piece of pieces) if (!(await writeText(piece))) return;
}

/** Nobody finds half a file: it gets its name when it is whole. */
async function writeFileWhole(output: string, pieces: AsyncIterable<string>): Promise<void> {
  const unfinished = `${output}.unfinished-${process.pid}`;
  try {
    await using file = await open(unfinished, 'wx');
    for await (const piece of pieces) await file.write(piece);
    await file.sync();
    await rename(unfinished, output);
  } catch (error) {
    await rm(unfinished, { force: true });
    if (!(error instanceof Error && 'code' in error && 'syscall' in error)) throw error;
    throw new HotspotsError(
      'EXPORT_NOT_WRITABLE',
      `${safeText(output)} cannot be written (${error.code}). Name a file in a folder that exists and is yours.`,
      { cause: error },
    );
  }
}
