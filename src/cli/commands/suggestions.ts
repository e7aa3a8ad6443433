import type { Sequelize } from 'sequelize';
import type { User } from '../../records/index.ts';
import { actingPerson } from '../../runs/index.ts';
import { counted } from '../../text.ts';
import { acceptSuggestions, dismissSuggestions, listSuggestions } from '../../write-policy/index.ts';
import { idOf, usageError } from '../arguments.ts';
import { type Command, type ExitCode, exitCodes } from '../command.ts';
import { safeText, showTime, showValue, terminalWidth, writeOutput } from '../terminal.ts';
import { textTable } from '../text-table.ts';
import { fieldRecordsOptions, readFieldRecordsOptions, withDatabase } from './options.ts';

/** `hotspots suggestions`: what sources say of fields that people wrote. */
export const suggestions: Command = {
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
    [
      'npm run hotspots -- suggestions --accept=12 --accept=13 --as=ana@example.org',
      'Writes two values as Ana',
    ],
    [
      'npm run hotspots -- suggestions --field=telephone --dismiss-all',
      'The telephones that people gave stay',
    ],
  ],
  run: (given) => {
    const { filter, page } = readFieldRecordsOptions('suggestions', given);
    const words = (['accept', 'dismiss'] as const).filter(
      (each) => given.texts(each).length > 0 || given.flag(`${each}-all`),
    );
    if (words.length > 1) throw usageError('suggestions', 'Accept or dismiss, not both at once.');
    const [word] = words;
    const named =
      word === undefined ? [] : given.texts(word).map((text) => idOf('suggestions', `--${word}`, text) ?? '');
    return withDatabase(async ({ sequelize }) => {
      const found = await listSuggestions(filter, page);
      const json = given.flag('json');
      if (word === undefined) {
        const shown = { suggestions: found.suggestions.map((each) => each.get()), next: found.next };
        await writeOutput(json ? JSON.stringify(shown) : listText(found));
        return exitCodes.done;
      }
      const ids = given.flag(`${word}-all`) ? found.suggestions.map(({ id }) => id) : named;
      const by = await actingPerson(given.text('as'));
      const left = given.flag(`${word}-all`) && found.next !== null;
      return decide(sequelize, word, ids, { by, json, left });
    });
  },
};

interface Decision {
  by: User;
  json: boolean;
  /** Whether the filters find more than these. */
  left: boolean;
}

async function decide(
  sequelize: Sequelize,
  word: 'accept' | 'dismiss',
  given: readonly string[],
  { by, json, left }: Decision,
): Promise<ExitCode> {
  const ids = [...new Set(given)];
  const { accepted, refused } =
    word === 'accept' && ids.length > 0
      ? await acceptSuggestions(sequelize, ids, { by })
      : { accepted: 0, refused: [] };
  const done = word === 'accept' ? accepted : await dismissSuggestions(ids, { by });
  const closed = ids.length - done - refused.length;
  if (json) await writeOutput(JSON.stringify({ [`${word}ed`]: done, refused, closed, left }));
  else {
    await writeOutput(safeText(`${counted(done, 'suggestion')} ${word}ed, as ${by.email}.`));
    if (left) await writeOutput('There are more: run the same command again.');
  }
  for (const { id, message } of refused) process.stderr.write(`${safeText(`${id}: ${message}`)}\n`);
  if (closed > 0)
    process.stderr.write(`${counted(closed, 'suggestion')} did not wait for a decision any more.\n`);
  return refused.length + closed === 0 ? exitCodes.done : exitCodes.incomplete;
}

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
      id,
      `${model} ${objectId} ${objectLabel}`,
      field,
      showValue(value),
      sourceName,
      showTime(lastSeenAt),
      sourceUrl,
    ]),
    terminalWidth(),
  );
  return next === null ? table : `${table}\n\nOlder: --before=${next}`;
}
