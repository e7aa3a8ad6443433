import { auditlog } from '../../audit/index.ts';
import { asOf, entryTable, history as historyOf, type LogEntryRow } from '../../audit/read/index.ts';
import { idOf, usageError, wholeNumber } from '../arguments.ts';
import { type Command, exitCodes } from '../command.ts';
import { safeText, style, terminalWidth, writeOutput } from '../terminal.ts';
import { textTable } from '../text-table.ts';
import { knownModel, moment, withDatabase } from './options.ts';
import { historyLine } from './review/changes.ts';

/** `hotspots history`: all that the log knows of one record. */
export const history: Command = {
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
    const time = moment('history', '--as-of', given.text('as-of'));
    await withDatabase(async ({ sequelize }) => {
      const model = knownModel(word);
      if (time !== undefined) {
        const values = await asOf(sequelize, { model, id: { id } }, time);
        await writeOutput(given.flag('json') ? JSON.stringify({ values }) : valuesText(model, values));
        return;
      }
      const page = { limit, ...(before !== undefined && { before }) };
      const { entries, next } = await historyOf(sequelize, { model, id: { id } }, page);
      const isBeyond = entries.length === 0 && before !== undefined;
      await writeOutput(
        given.flag('json')
          ? JSON.stringify({ entries, next })
          : isBeyond
            ? 'There are no older changes.'
            : historyText({ model, id }, entries, next === null ? null : `--limit=${limit} --before=${next}`),
      );
    });
    return exitCodes.done;
  },
};

function historyText(
  { model, id }: { model: string; id: string },
  entries: readonly LogEntryRow[],
  nextPage: string | null,
): string {
  const [newest] = entries;
  if (newest === undefined) {
    const known = auditlog.registrations().map(({ modelName }) => modelName);
    const hint = known.includes(model) ? '' : ` There are records of ${known.join(', ')}.`;
    return safeText(`The log knows no ${model} with the id ${id}.${hint}`);
  }
  return [
    style('bold', safeText(`${model} ${id}  ${newest.objectLabel}`)),
    ...entries.map((entry) => `  ${historyLine(entry)}`),
    ...(nextPage === null
      ? []
      : ['', style('dim', safeText(`Older: npm run history -- ${model} ${id} ${nextPage}`))]),
  ].join('\n');
}

function valuesText(model: string, values: Awaited<ReturnType<typeof asOf>>): string {
  if (values === null) return 'It did not exist then.';
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
