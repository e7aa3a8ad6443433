import { actingPerson } from '../../runs/index.ts';
import { listHolds, releaseHold } from '../../write-policy/index.ts';
import { idOf } from '../arguments.ts';
import { type Command, exitCodes } from '../command.ts';
import { safeText, showTime, showValue, terminalWidth, writeOutput } from '../terminal.ts';
import { textTable } from '../text-table.ts';
import { fieldRecordsOptions, readFieldRecordsOptions, withDatabase } from './options.ts';

/** `hotspots holds`: values that were undone and must not be written again. */
export const holds: Command = {
  usage: '[FILTERS | --release=ID]',
  options: {
    ...fieldRecordsOptions,
    release: { type: 'string', multiple: true, value: 'ID', help: 'let the source write this value again' },
  },
  positionals: 0,
  examples: [['npm run hotspots -- holds --release=31', 'The next crawl may write value 31 again']],
  run: (given) => {
    const ids = given.texts('release').map((text) => idOf('holds', '--release', text) ?? '');
    const { filter, page } = readFieldRecordsOptions('holds', given);
    return withDatabase(async ({ sequelize }) => {
      if (ids.length > 0) {
        const by = await actingPerson(given.text('as'));
        for (const id of ids) {
          const hold = await releaseHold(sequelize, id, { by });
          const { sourceName, model, objectId, field } = hold;
          const said = `${sourceName} may write that ${field} of ${model} ${objectId} again.`;
          await writeOutput(given.flag('json') ? JSON.stringify({ released: hold.get() }) : safeText(said));
        }
        return exitCodes.done;
      }
      const found = await listHolds(filter, page);
      if (given.flag('json')) {
        await writeOutput(JSON.stringify({ holds: found.holds.map((hold) => hold.get()), next: found.next }));
        return exitCodes.done;
      }
      const table = textTable(
        [
          { title: 'ID', align: 'right' },
          { title: 'RECORD', flexible: true },
          { title: 'FIELD' },
          { title: 'VALUE', flexible: true },
          { title: 'SOURCE' },
          { title: 'SINCE' },
          { title: 'RUN', align: 'right' },
        ],
        found.holds.map(
          ({ id, model, objectId, objectLabel, field, value, sourceName, heldAt, undoRunId }) => [
            id,
            `${model} ${objectId} ${objectLabel}`,
            field,
            showValue(value),
            sourceName,
            showTime(heldAt),
            undoRunId ?? '-',
          ],
        ),
        terminalWidth(),
      );
      const older = found.next === null ? '' : `\n\nOlder: --before=${found.next}`;
      await writeOutput(found.holds.length === 0 ? 'Nothing is held back.' : table + older);
      return exitCodes.done;
    });
  },
};
