import path from 'node:path';
import { pipelines } from '../../app.ts';
import { HotspotsError } from '../../errors.ts';
import { type ExportKind, exportKinds } from '../../import-export/exported-record.ts';
import { type ImportResult, importFormats, importRecords } from '../../import-export/import.ts';
import type { UnreadValue } from '../../import-export/readable-values.ts';
import { importableFields } from '../../import-export/row-to-thing.ts';
import type { RefusedRow } from '../../import-export/write-rows.ts';
import { normaliseCountry } from '../../normalise/country.ts';
import { normaliseTimeZone } from '../../normalise/zones.ts';
import { actingPerson } from '../../runs/index.ts';
import { counted } from '../../text.ts';
import { isPerson } from '../../write-policy/index.ts';
import { choiceOf, type ParsedArguments, usageError } from '../arguments.ts';
import { type Command, exitCodes } from '../command.ts';
import { stopOnSignal } from '../progress.ts';
import { safeText, style, writeOutput } from '../terminal.ts';
import { withDatabase } from './options.ts';

/** The most refused rows that are listed. */
const maxListed = 20;

/** `hotspots import`. */
export const importCommand: Command = {
  usage: 'FILE --kind=places|events [--as=EMAIL] [--dry-run]',
  options: {
    kind: { type: 'string', value: 'WORD', help: `what the rows are: ${exportKinds.join(' or ')}` },
    format: {
      type: 'string',
      value: 'WORD',
      help: `${Object.keys(importFormats).join(', ')}; else as FILE ends`,
    },
    as: { type: 'string', value: 'EMAIL', help: 'who says what is in the file; HOTSPOTS_USER if not given' },
    map: {
      type: 'string',
      multiple: true,
      value: 'COLUMN=FIELD',
      help: 'a column under another name, as Phone=telephone',
    },
    'time-zone': { type: 'string', value: 'ZONE', help: 'zone of times that name none' },
    country: { type: 'string', value: 'CODE', help: 'how to read local numbers, as US' },
    'dry-run': { type: 'boolean', help: 'count what it would write, and take everything back' },
    json: { type: 'boolean', help: 'one JSON object on stdout' },
  },
  positionals: 1,
  examples: [
    [
      'npm run hotspots -- import shops.csv --kind=places --map=Title=name --map=City=addressLocality --country=US',
      'A file with other names, as the user that HOTSPOTS_USER names',
    ],
  ],
  run: async (given) => {
    const options = await read(given);
    return await withDatabase(async ({ sequelize }) => {
      const by = await actingPerson(given.text('as'));
      if (!isPerson(by.email))
        throw usageError('import', 'Name the author of the import: --as=EMAIL, or set HOTSPOTS_USER.');
      const json = given.flag('json');
      const refused: RefusedRow[] = [];
      const unread: UnreadValue[] = [];
      using stop = stopOnSignal('the rows in hand');
      const result = await importRecords(sequelize, {
        ...options,
        by,
        signal: stop.signal,
        onBatch: ({ rows }) => showProgress(`${path.basename(options.path)}: ${counted(rows, 'row')}`),
        onRefused: (rows) => refused.push(...rows.slice(0, maxListed - refused.length)),
        onUnread: (values) => unread.push(...values.slice(0, maxListed - unread.length)),
      }).finally(() => showProgress(''));
      await writeOutput(
        json
          ? JSON.stringify({ ...result, dryRun: options.dryRun, refused, unreadValues: unread })
          : shown(result, refused, unread, options),
      );
      return result.state === 'finished' && result.rejected + result.unread === 0
        ? exitCodes.done
        : exitCodes.incomplete;
    });
  },
};

async function read(given: ParsedArguments) {
  const [file] = given.positionals;
  if (file === undefined) throw usageError('import', 'Name the file to import.');
  const formats = Object.keys(importFormats).filter((name) => isImportFormat(name));
  const ending = path.extname(file).slice(1).toLowerCase();
  const format =
    choiceOf('import', '--format', given.text('format'), formats) ??
    (isImportFormat(ending) ? ending : undefined);
  if (format === undefined)
    throw usageError(
      'import',
      `${JSON.stringify(file)} does not say its format. Give it: --format=${formats.join('|')}.`,
    );
  const kind = choiceOf('import', '--kind', given.text('kind'), exportKinds);
  if (kind === undefined)
    throw usageError('import', `Say what the rows are: --kind=${exportKinds.join('|')}.`);
  const [timeZone, country] = [given.text('time-zone'), given.text('country')];
  if (timeZone !== undefined && normaliseTimeZone(timeZone) === null)
    throw usageError(
      'import',
      `--time-zone must be an IANA name such as America/Chicago; given: ${JSON.stringify(timeZone)}.`,
    );
  if (country !== undefined && normaliseCountry(country) !== country)
    throw usageError(
      'import',
      `--country must be an ISO 3166-1 code such as US; given: ${JSON.stringify(country)}.`,
    );
  const pipeline = await pipelines.get(kind === 'places' ? 'place' : 'event')?.();
  if (pipeline === undefined) throw new HotspotsError('USAGE', `There is no pipeline for ${kind}.`);
  return {
    path: file,
    kind,
    format,
    pipeline,
    timeZone,
    country,
    dryRun: given.flag('dry-run'),
    fieldNames: readMappings(kind, given.texts('map')),
  };
}

function isImportFormat(word: string): word is keyof typeof importFormats {
  return Object.hasOwn(importFormats, word);
}

function readMappings(kind: ExportKind, texts: readonly string[]): Map<string, string> {
  const mappings = texts.map(readMapping);
  const known = importableFields(kind);
  for (const [index, [, field]] of mappings.entries()) {
    if (!known.includes(field))
      throw usageError(
        'import',
        `--map: ${kind} have no field ${JSON.stringify(field)}. Fields are ${known.join(', ')}.`,
      );
    if (mappings.findIndex(([, other]) => other === field) !== index)
      throw usageError('import', `--map: two columns cannot both be ${field}.`);
  }
  return new Map(mappings);
}

function readMapping(text: string): [string, string] {
  const at = text.lastIndexOf('=');
  if (at > 0 && at < text.length - 1) return [text.slice(0, at), text.slice(at + 1)];
  throw usageError(
    'import',
    `--map must be COLUMN=FIELD, as Phone=telephone; given: ${JSON.stringify(text)}.`,
  );
}

function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${safeText(text)}`);
}

function shown(
  result: ImportResult,
  refused: readonly RefusedRow[],
  unread: readonly UnreadValue[],
  { dryRun, format }: { dryRun: boolean; format: keyof typeof importFormats },
): string {
  const { runId, state, rows, created, updated, unchanged, rejected, ignoredFields } = result;
  const ended = state === 'stopped' ? `Stopped. Run ${runId}.` : `Done. Run ${runId}.`;
  const rowWord = format === 'geojson' ? 'feature' : 'line';
  const others = rejected - refused.length;
  return [
    style('bold', dryRun ? 'Dry run: nothing was changed.' : ended),
    `  ${counted(rows, 'row')}: created ${created} · updated ${updated} · unchanged ${unchanged} · rejected ${rejected}`,
    ...(ignoredFields.length === 0
      ? []
      : [
          '',
          `  Not imported: ${ignoredFields.map(safeText).join(', ')}. What is a field by another name: --map=COLUMN=FIELD.`,
        ]),
    ...(refused.length === 0 ? [] : ['', '  Rejected:']),
    ...refused.flatMap(({ line, reasons }) =>
      reasons.map(({ field, message }) =>
        safeText(`    ${rowWord} ${line}: ${field === '' ? '' : `${field}: `}${message}`),
      ),
    ),
    ...(unread.length === 0 ? [] : ['', `  Not readable, and left as it is (${result.unread}):`]),
    ...unread.map(({ line, field, value }) =>
      safeText(`    ${rowWord} ${line}: ${field}: ${JSON.stringify(value)}`),
    ),
    ...(others > 0 ? [`    and ${counted(others, 'other row')}`] : []),
    ...(dryRun || created + updated === 0
      ? []
      : ['', `What it changed: npm run review -- ${runId}`, `Undo: npm run undo -- --run=${runId}`]),
  ].join('\n');
}
