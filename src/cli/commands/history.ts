import { auditlog } from '../../audit/index.ts';
import { asOf, entryTable } from '../../audit/read/index.ts';
import { absentThen, goneSentence, type RecordView, readRecord } from '../../runs/index.ts';
import { counted } from '../../text.ts';
import { idOf, usageError, wholeNumber } from '../arguments.ts';
import { type Command, exitCodes } from '../command.ts';
import { safeText, style, terminalWidth, writeOutput } from '../terminal.ts';
import { textTable } from '../text-table.ts';
import { knownModel, momentOption, withDatabase } from './options.ts';
import { historyLine } from './review/changes.ts';

/** `hotspots history`: all that the log knows of one record. */
export const historyCommand: Command = {
  usage: 'MODEL ID [--as-of=WHEN | --limit=N --before=ID]',
  options: {
    'as-of': { type: 'string', value: 'WHEN', help: 'its values then: 7d, or 2027-03-01[T18:00Z]' },
    limit: { type: 'string', value: 'N', help: 'at most N changes; 50 if not given' },
    before: { type: 'string', value: 'ID', help: 'the next page: only what is older than this change' },
    json: { type: 'boolean', help: 'one JSON object on stdout' },
  },
  positionals: 2,
  examples: [['npm run history -- place 192 --as-of=7d', 'Its values a week ago']],
  run: async (given) => {
    const [word, id] = given.positionals;
    if (word === undefined || id === undefined)
      throw usageError('history', 'A kind of record and an id are needed: history Place 192.');
    const limit = wholeNumber('history', '--limit', given.text('limit'), { min: 1, max: 10_000 }) ?? 50;
    const before = idOf('history', '--before', given.text('before'));
    const time = momentOption('history', '--as-of', given.text('as-of'));
    await withDatabase(async ({ sequelize }) => {
      const model = knownModel(word);
      if (time !== undefined) {
        const values = await asOf(sequelize, { model, id: { id } }, time);
        await writeOutput(given.flag('json') ? JSON.stringify({ values }) : valuesText(model, values));
        return;
      }
      const page = { limit, ...(before !== undefined && { before }) };
      const record = await readRecord(sequelize, { model, objectId: id }, page);
      await writeOutput(
        given.flag('json')
          ? JSON.stringify({ entries: record?.entries ?? [], next: record?.next ?? null })
          : record === null
            ? safeText(unknownText(model, id))
            : historyText(record, limit),
      );
    });
    return exitCodes.done;
  },
};

function unknownText(model: string, id: string): string {
  const known = auditlog.registrations().map(({ modelName }) => modelName);
  const hint = known.includes(model) ? '' : ` There are records of ${known.join(', ')}.`;
  return `The log has no ${model} with the id ${id}.${hint}`;
}

function historyText(record: RecordView, limit: number): string {
  const { model, objectId, label, state, entries, next, suggestions, holds } = record;
  if (entries.length === 0) return 'There are no older changes.';
  const gone = goneSentence(state);
  return [
    style('bold', safeText(`${model} ${objectId}  ${label}`)),
    ...(gone === null ? [] : [`  ${safeText(gone)}`]),
    ...entries.map((entry) => `  ${historyLine(entry)}`),
    ...(suggestions.length === 0
      ? []
      : [openLine(record, 'suggestions', counted(suggestions.length, 'open suggestion'))]),
    ...(holds.length === 0 ? [] : [openLine(record, 'holds', counted(holds.length, 'held value'))]),
    ...(next === null
      ? []
      : [
          '',
          style(
            'dim',
            safeText(`Older: npm run history -- ${model} ${objectId} --limit=${limit} --before=${next}`),
          ),
        ]),
  ].join('\n');
}

function openLine({ model, objectId }: RecordView, command: string, count: string): string {
  return safeText(`  ${count}: npm run hotspots -- ${command} --model=${model} --object=${objectId}`);
}

function valuesText(model: string, values: Awaited<ReturnType<typeof asOf>>): string {
  if (values === null) return absentThen;
  const changes = Object.fromEntries(Object.entries(values).map(([field, value]) => [field, [null, value]]));
  return textTable(
    [{ title: 'FIELD' }, { title: 'VALUE', flexible: true }],
    entryTable({ model, changes }, { limit: -1 }).map((row) => [
      row.field,
      row.kind === 'value' ? row.new : '',
    ]),
    terminalWidth(),
  );
}
