import { spiders } from '../../app.ts';
import { readSources } from '../../crawl/read-sources.ts';
import { sourcesFile } from '../../crawl/sources-file.ts';
import { backfillFields, backfillPlaces } from '../../records/operations/backfill-places.ts';
import { choice } from '../commands/arguments/choice.ts';
import { defineManagementCommand } from './define-management-command.ts';

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
      .flatMap((text) => choice('manage backfill', '--field', text, backfillFields) ?? []);
    const fields = named.length > 0 ? named : backfillFields;
    if (!fields.includes('addressCountry')) return { fields, countries: new Map() };
    const sources = await readSources(given.text('sources') ?? sourcesFile, [...spiders.keys()]);
    const countries = sources.flatMap(({ name, country }) =>
      country === undefined ? [] : [[name, country] as const],
    );
    return { fields, countries: new Map(countries) };
  },
  run: (context, options) => backfillPlaces(context.sequelize, options, context),
});
