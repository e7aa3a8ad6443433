import { acceptSuggestions } from '../../review/accept-suggestions.ts';
import { actingPerson } from '../../review/acting-person.ts';
import { dismissSuggestions } from '../../review/dismiss-suggestions.ts';
import { listSuggestions } from '../../review/list-suggestions.ts';
import { idOf } from './arguments/id-of.ts';
import { usageError } from './arguments/parse-arguments.ts';
import { type Command, exitCodes } from './command.ts';
import { fieldRecordsOptions, readFieldRecordsOptions } from './field-records-options.ts';
import { counted } from './terminal/counted.ts';
import { safeText } from './terminal/safe-text.ts';
import { showTime } from './terminal/show-time.ts';
import { showValue } from './terminal/show-value.ts';
import { terminalWidth } from './terminal/terminal-width.ts';
import { textTable } from './terminal/text-table.ts';
import { writeOutput } from './terminal/write-output.ts';
import { withDatabase } from './with-database.ts';

/** `hotspots suggestions`: what sources say of fields that people wrote. */
export const suggestions: Command = {
  name: 'suggestions',
  summary: 'Lists what sources say of fields that people wrote last; accepts or dismisses it',
  usage: '[FILTERS] [--accept=ID … | --dismiss=ID … | --accept-all | --dismiss-all]',
  options: {
    ...fieldRecordsOptions,
    accept: { type: 'string', multiple: true, value: 'ID', help: 'write this value to the record' },
    dismiss: { type: 'string', multiple: true, value: 'ID', help: 'keep the person’s value' },
    'accept-all': { type: 'boolean', help: 'accept all that the filters find, at most --limit' },
    'dismiss-all': { type: 'boolean', help: 'dismiss all that the filters find, at most --limit' },
  },
  positionals: 0,
  examples: [
    ['npm run hotspots -- suggestions', 'What waits for somebody to decide'],
    [
      'npm run hotspots -- suggestions --accept=12 --accept=13 --as=ana@example.org',
      'Writes two values as Ana',
    ],
    [
      'npm run hotspots -- suggestions --field=telephone --dismiss-all',
      'The telephones that people gave stay',
    ],
  ],
  run: (given) =>
    withDatabase(async ({ sequelize }) => {
      const { filter, page } = readFieldRecordsOptions('suggestions', given);
      const words = (['accept', 'dismiss'] as const).filter(
        (word) => given.texts(word).length > 0 || given.flag(`${word}-all`),
      );
      if (words.length > 1) throw usageError('suggestions', 'Accept or dismiss, not both at once.');
      const [word] = words;
      const found = await listSuggestions(filter, page);
      if (word === undefined) {
        await writeOutput(
          given.flag('json')
            ? JSON.stringify({ suggestions: found.suggestions.map((each) => each.get()), next: found.next })
            : listText(found),
        );
        return exitCodes.done;
      }
      const ids = given.flag(`${word}-all`)
        ? found.suggestions.map(({ id }) => id)
        : given.texts(word).map((text) => idOf('suggestions', `--${word}`, text) ?? '');
      if (ids.length === 0) {
        await writeOutput('Nothing is suggested.');
        return exitCodes.done;
      }
      const by = await actingPerson(given.text('as'));
      if (word === 'dismiss') {
        await writeOutput(`${counted(await dismissSuggestions(ids, { by }), 'suggestion')} dismissed.`);
        return exitCodes.done;
      }
      const { accepted, refused } = await acceptSuggestions(sequelize, ids, { by });
      await writeOutput(safeText(`${counted(accepted, 'suggestion')} accepted, as ${by.email}.`));
      for (const { id, message } of refused) process.stderr.write(`${safeText(`${id}: ${message}`)}\n`);
      return refused.length === 0 ? exitCodes.done : exitCodes.incomplete;
    }),
};

function listText({ suggestions: found, next }: Awaited<ReturnType<typeof listSuggestions>>): string {
  if (found.length === 0) return 'Nothing is suggested.';
  const table = textTable(
    [
      { title: 'ID', align: 'right' },
      { title: 'RECORD', flexible: true },
      { title: 'FIELD' },
      { title: 'SUGGESTED', flexible: true },
      { title: 'SOURCE' },
      { title: 'LAST SEEN' },
      { title: 'PAGE', flexible: true },
    ],
    found.map(({ id, model, objectId, objectLabel, field, value, sourceName, sourceUrl, lastSeenAt }) => [
      ...[id, `${model} ${objectId} ${objectLabel}`, field, showValue(value), sourceName],
      ...[showTime(lastSeenAt), sourceUrl],
    ]),
    terminalWidth(),
  );
  return next === null ? table : `${table}\n\nOlder: --before=${next}`;
}
