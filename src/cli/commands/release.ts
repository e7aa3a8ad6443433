import { auditlog } from '../../audit/index.ts';
import { actingPerson, listPauses, resumeSource } from '../../runs/index.ts';
import { releaseField } from '../../write-policy/index.ts';
import { usageError } from '../arguments.ts';
import { type Command, exitCodes } from '../command.ts';
import { safeText, showTime, terminalWidth, writeOutput } from '../terminal.ts';
import { textTable } from '../text-table.ts';
import { knownModel, withDatabase } from './options.ts';

/** `hotspots release`: lets scrapers write a field again that a person wrote last. */
export const release: Command = {
  usage: 'MODEL ID FIELD',
  options: {
    as: {
      type: 'string',
      value: 'EMAIL',
      help: 'who decides; HOTSPOTS_USER, or the system user, if not given',
    },
    json: { type: 'boolean', help: 'one JSON object on stdout' },
  },
  positionals: 3,
  run: async (given) => {
    const [word, objectId, field] = given.positionals;
    if (word === undefined || objectId === undefined || field === undefined)
      throw usageError(
        'release',
        'A kind of record, an id and a field are needed: release Place 192 telephone.',
      );
    return withDatabase(async ({ sequelize }) => {
      const model = knownModel(word);
      checkField(model, field);
      const by = await actingPerson(given.text('as'));
      const released = await releaseField(sequelize, { model, objectId, field }, { by });
      const said = released
        ? `Scrapers may write ${field} of ${model} ${objectId} again, until a person writes it once more.`
        : `No person wrote ${field} of ${model} ${objectId}: scrapers may.`;
      await writeOutput(
        given.flag('json') ? JSON.stringify({ model, objectId, field, released }) : safeText(said),
      );
      return exitCodes.done;
    });
  },
};

function checkField(model: string, field: string): void {
  const registrations = auditlog.registrations();
  const registration = registrations.find(({ modelName }) => modelName === model);
  if (registration === undefined)
    throw usageError(
      'release',
      `There is no kind of record named ${JSON.stringify(model)}. There are ${registrations.map(({ modelName }) => modelName).join(', ')}.`,
    );
  if (!registration.attributes.includes(field))
    throw usageError(
      'release',
      `${model} has no field ${JSON.stringify(field)}. It has ${registration.attributes.join(', ')}.`,
    );
}

/** `hotspots resume`: lets a paused source be crawled again. */
export const resume: Command = {
  usage: '[SOURCE]',
  options: { json: { type: 'boolean', help: 'one JSON object on stdout' } },
  positionals: 1,
  examples: [['npm run hotspots -- resume', 'Which sources are paused, by whom and why']],
  run: (given) =>
    withDatabase(async ({ sequelize }) => {
      const [name] = given.positionals;
      if (name !== undefined) {
        const wasPaused = await resumeSource(sequelize, name);
        const said = wasPaused ? `${name} will be crawled again.` : `${name} was not paused.`;
        await writeOutput(
          given.flag('json') ? JSON.stringify({ source: name, resumed: wasPaused }) : safeText(said),
        );
        return exitCodes.done;
      }
      const pauses = await listPauses(sequelize);
      const table = textTable(
        [{ title: 'SOURCE' }, { title: 'SINCE' }, { title: 'BY' }, { title: 'WHY', flexible: true }],
        pauses.map(({ sourceName, pausedAt, pausedByEmail, reason }) => [
          sourceName,
          showTime(pausedAt),
          pausedByEmail,
          reason,
        ]),
        terminalWidth(),
      );
      await writeOutput(
        given.flag('json')
          ? JSON.stringify({ pauses })
          : pauses.length === 0
            ? 'No source is paused.'
            : table,
      );
      return exitCodes.done;
    }),
};
