import { auditlog } from '../../audit/index.ts';
import { actingPerson } from '../../runs/log-context.ts';
import { releaseField } from '../../write-policy/release.ts';
import { usageError } from './arguments/parse-arguments.ts';
import { type Command, exitCodes } from './command.ts';
import { knownModel } from './known-model.ts';
import { safeText } from './terminal/safe-text.ts';
import { writeOutput } from './terminal/write-output.ts';
import { withDatabase } from './with-database.ts';

/** `hotspots release`: lets scrapers write a field again that a person wrote last. */
export const release: Command = {
  name: 'release',
  summary: 'Lets scrapers write a field of a record again although a person wrote it last',
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
  examples: [['npm run hotspots -- release Place 192 telephone', 'The next crawl may write its telephone']],
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
      `No records are called ${JSON.stringify(model)}. There are ${registrations.map(({ modelName }) => modelName).join(', ')}.`,
    );
  if (!registration.attributes.includes(field))
    throw usageError(
      'release',
      `${model} has no field ${JSON.stringify(field)}. It has ${registration.attributes.join(', ')}.`,
    );
}
