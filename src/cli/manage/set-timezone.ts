import { normaliseTimeZone } from '../../normalise/time-zone.ts';
import { setTimeZone } from '../../records/operations/set-time-zone.ts';
import { usageError } from '../commands/arguments/parse-arguments.ts';
import { defineManagementCommand } from './define-management-command.ts';

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
  run: (context, options) => setTimeZone(context.sequelize, options, context),
});
