import { mergePlaces as merge } from '../../records/operations/merge-places.ts';
import { idOf } from '../commands/arguments/id-of.ts';
import { usageError } from '../commands/arguments/parse-arguments.ts';
import { defineManagementCommand } from './define-management-command.ts';

const command = 'manage merge-places';

export const mergePlaces = defineManagementCommand({
  name: 'merge-places',
  summary: 'Merges places that are one: moves what hangs on the duplicates and marks them',
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
    const { filled, moved } = await transact((transaction) => merge(sequelize, { ...options, transaction }));
    return {
      state: 'finished',
      counts: { merged: options.duplicateIds.length, filled: filled.length, ...moved },
    };
  },
});
