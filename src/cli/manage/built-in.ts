import { normaliseTimeZone } from '../../normalise/zones.ts';
import type { BackfillField } from '../../records/operations/index.ts';
import { choiceOf, idOf, usageError } from '../arguments.ts';
import { defineManagementCommand, type ManagementCommand } from './define-management-command.ts';

/** Named again, because the help must not load the work; the type misses none. */
const fieldNames: Readonly<Record<BackfillField, BackfillField>> = {
  addressCountry: 'addressCountry',
  telephone: 'telephone',
  timeZone: 'timeZone',
};
const backfillFields = Object.values(fieldNames);

export const backfill = defineManagementCommand({
  name: 'backfill',
  summary: 'Fills fields of places that can be known now but were not when they were stored',
  usage: '[--field=NAME …]',
  options: {
    field: {
      type: 'string',
      multiple: true,
      value: 'NAME',
      help: `only this one of ${backfillFields.join(', ')}; may be repeated`,
    },
    sources: {
      type: 'string',
      value: 'FILE',
      help: 'where the countries of sources stand, if not in crawlers/sources.yaml',
    },
  },
  examples: [
    ['npm run manage -- backfill --dry-run', 'What would be filled'],
    ['npm run manage -- backfill --field=timeZone', 'Time zones, from coordinates or country'],
  ],
  read: async (given) => {
    const named = given
      .texts('field')
      .flatMap((text) => choiceOf('manage backfill', '--field', text, backfillFields) ?? []);
    const fields = named.length > 0 ? named : backfillFields;
    if (!fields.includes('addressCountry')) return { fields, countries: new Map() };
    const { spiders } = await import('../../app.ts');
    const { readSources } = await import('../../crawl/read-sources.ts');
    const { sourcesFile } = await import('../../crawl/source.ts');
    const sources = await readSources(given.text('sources') ?? sourcesFile, [...spiders.keys()]);
    const countries = sources.flatMap(({ name, country }) =>
      country === undefined ? [] : [[name, country] as const],
    );
    return { fields, countries: new Map(countries) };
  },
  run: async (context, options) => {
    const work = await import('../../records/operations/index.ts');
    return work.backfillPlaces(context.sequelize, options, context);
  },
});

export const cleanupDuplicatesCommand = defineManagementCommand({
  name: 'cleanup-duplicates',
  summary: 'Marks places that are the same as closed duplicates of the best filled one',
  usage: '[--merge]',
  options: {
    merge: {
      type: 'boolean',
      help: 'also move events, images, tips and vibes to the place that stays, and fill its empty fields',
    },
  },
  examples: [
    ['npm run manage -- cleanup-duplicates --dry-run', 'Which places it would mark'],
    ['npm run manage -- cleanup-duplicates --merge', 'Marks and merges them'],
  ],
  read: (given) => ({ merge: given.flag('merge') }),
  run: async (context, options) => {
    const work = await import('../../records/operations/index.ts');
    return work.cleanupDuplicates(context.sequelize, options, context);
  },
});

export const markPastEventsCommand = defineManagementCommand({
  name: 'mark-past-events',
  summary: 'Marks events that are over, each in its own time zone',
  examples: [['npm run manage -- mark-past-events', 'Those that have ended since it ran last']],
  read: () => ({}),
  run: async (context, options) => {
    const work = await import('../../records/operations/index.ts');
    return work.markPastEvents(context.sequelize, options, context);
  },
});

const command = 'manage merge-places';

export const mergePlacesCommand = defineManagementCommand({
  name: 'merge-places',
  summary: 'Merges duplicate places: moves the related records and marks the duplicates',
  usage: '--into=ID --duplicates=ID,ID [--reason=TEXT]',
  options: {
    into: { type: 'string', value: 'ID', help: 'the place that stays' },
    duplicates: { type: 'string', value: 'ID,ID', help: 'the others' },
    reason: { type: 'string', value: 'TEXT', help: 'why; it stands in the log' },
  },
  examples: [
    ['npm run manage -- merge-places --into=12 --duplicates=31,32 --dry-run', 'What it would do'],
    ['npm run manage -- merge-places --into=12 --duplicates=31,32', 'Merges places 31 and 32 into place 12'],
  ],
  byPerson: true,
  read: (given) => {
    const placeId = idOf(command, '--into', given.text('into'));
    const duplicateIds = (given.text('duplicates') ?? '')
      .split(',')
      .filter((text) => text !== '')
      .flatMap((text) => idOf(command, '--duplicates', text.trim()) ?? []);
    if (placeId === undefined) throw usageError(command, 'The place that stays is needed: --into=12.');
    if (duplicateIds.length === 0)
      throw usageError(command, 'At least one duplicate is needed: --duplicates=31,32.');
    return { placeId, duplicateIds, reason: given.text('reason') };
  },
  run: async ({ sequelize, transact }, options) => {
    const work = await import('../../records/operations/index.ts');
    const { filled, moved } = await transact((transaction) =>
      work.mergePlaces(sequelize, { ...options, transaction }),
    );
    return {
      state: 'finished',
      counts: { merged: options.duplicateIds.length, filled: filled.length, ...moved },
    };
  },
});

const name = 'set-timezone';

export const setTimezone = defineManagementCommand({
  name,
  summary: 'Sets the time zone of the places of a city, but not where a person wrote it',
  usage: '--city=NAME [--zone=ZONE]',
  options: {
    city: { type: 'string', value: 'NAME', help: 'the town in the address; capitals do not matter' },
    zone: {
      type: 'string',
      value: 'ZONE',
      help: 'IANA name, as America/Chicago; from the coordinates of each place if not given',
    },
  },
  examples: [
    ['npm run manage -- set-timezone --city=Springfield', 'From the coordinates of each place'],
    ['npm run manage -- set-timezone --city=Springfield --zone=America/Chicago', 'The same for all'],
  ],
  read: (given) => {
    const city = given.text('city');
    if (city === undefined) throw usageError(`manage ${name}`, 'A city is needed: --city=Springfield.');
    const zone = given.text('zone');
    if (zone === undefined) return { city, zone: null };
    const known = normaliseTimeZone(zone);
    if (known !== null) return { city, zone: known };
    throw usageError(
      `manage ${name}`,
      `--zone must be the IANA name of a time zone, as America/Chicago; given: ${JSON.stringify(zone)}.`,
    );
  },
  run: async (context, options) => {
    const work = await import('../../records/operations/index.ts');
    return work.setTimeZone(context.sequelize, options, context);
  },
});

export const updatePlaceRatingsCommand = defineManagementCommand({
  name: 'update-place-ratings',
  summary: 'Computes the rating of places that need it, from the last one of each of their sources',
  examples: [['npm run manage -- update-place-ratings', 'All that are marked as needing it']],
  read: () => ({}),
  run: async (context, options) => {
    const work = await import('../../records/operations/index.ts');
    return work.updatePlaceRatings(context.sequelize, options, context);
  },
});

export const usersEnsure = defineManagementCommand({
  name: 'users ensure',
  summary:
    'Creates the system and scraper users if they are missing, and ensures that nobody can sign in as them',
  examples: [['npm run manage -- users ensure', 'Changes nothing where all is well']],
  read: () => ({}),
  run: async (context, options) => {
    const work = await import('../../records/operations/index.ts');
    return work.ensureAutomatedUsers(context.sequelize, options, context);
  },
});

/** Every management command by its name. The only list of them: a new one is added here. */
export const managementCommands: ReadonlyMap<string, ManagementCommand> = new Map(
  [
    backfill,
    cleanupDuplicatesCommand,
    markPastEventsCommand,
    mergePlacesCommand,
    setTimezone,
    updatePlaceRatingsCommand,
    usersEnsure,
  ].map((command) => [command.name, command]),
);
