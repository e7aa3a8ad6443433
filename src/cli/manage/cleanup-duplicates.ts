import { cleanupDuplicates as cleanUp } from '../../records/operations/duplicates.ts';
import { defineManagementCommand } from './define-management-command.ts';

export const cleanupDuplicates = defineManagementCommand({
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
  run: (context, options) => cleanUp(context.sequelize, options, context),
});
