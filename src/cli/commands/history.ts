import { auditlog } from '../../audit/auditlog.ts';
import { asOf } from '../../audit/reading/as-of.ts';
import { entryTable } from '../../audit/reading/entry-table.ts';
import { history as historyOf } from '../../audit/reading/history.ts';
import { moment } from './arguments/moment.ts';
import { usageError } from './arguments/parse-arguments.ts';
import { wholeNumber } from './arguments/whole-number.ts';
import { type Command, exitCodes } from './command.ts';
import { historyLine } from './review/show-change.ts';
import { safeText } from './terminal/safe-text.ts';
import { terminalWidth } from './terminal/terminal-width.ts';
import { textTable } from './terminal/text-table.ts';
import { writeOutput } from './terminal/write-output.ts';
import { withDatabase } from './with-database.ts';

/** `hotspots history`: all that the log knows of one record. */
export const history: Command = {
  name: 'history',
  summary: 'Shows how a record came to be as it is, or how it was at some time',
  usage: 'MODEL ID [--as-of=WHEN]',
  options: {
    'as-of': { type: 'string', value: 'WHEN', help: 'its values then: 7d, or 2027-03-01[T18:00Z]' },
    limit: { type: 'string', value: 'N', help: 'at most N changes; 50 if not given' },
    json: { type: 'boolean', help: 'one JSON object on stdout' },
  },
  positionals: 2,
  examples: [
    ['npm run hotspots -- history Place 192', 'Its changes, the newest first'],
    ['npm run hotspots -- history place 192 --as-of=7d', 'Its values a week ago'],
  ],
  run: async (given) => {
    const [word, id] = given.positionals;
    if (word === undefined || id === undefined)
      throw usageError('history', 'A kind of record and an id are needed: history Place 192.');
    const limit = wholeNumber('history', '--limit', given.text('limit'), { min: 1, max: 10_000 }) ?? 50;
    const time = moment('history', '--as-of', given.text('as-of'));
    await withDatabase(async ({ sequelize }) => {
      const known = auditlog.registrations().map(({ modelName }) => modelName);
      const model = known.find((name) => name.toLowerCase() === word.toLowerCase());
      if (model === undefined)
        throw usageError(
          'history',
          `No records are called ${JSON.stringify(word)}. There are ${known.join(', ')}.`,
        );
      if (time !== undefined) {
        const values = await asOf(sequelize, { model, id: { id } }, time);
        await writeOutput(given.flag('json') ? JSON.stringify({ values }) : valuesText(model, values));
        return;
      }
      const { entries, next } = await historyOf(sequelize, { model, id: { id } }, { limit });
      if (given.flag('json')) await writeOutput(JSON.stringify({ entries, next }));
      else if (entries.length === 0)
        await writeOutput(safeText(`The log knows no ${model} with the id ${id}.`));
      else await writeOutput(entries.map(historyLine).join('\n'));
    });
    return exitCodes.done;
  },
};

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
