import { ensureAutomatedUsers } from '../../records/operations/ensure-automated-users.ts';
import { defineManagementCommand } from './define-management-command.ts';

export const usersEnsure = defineManagementCommand({
  name: 'users ensure',
  summary:
    'Makes the system and scraper users if they are missing, and sees to it that nobody can sign in as them',
  examples: [['npm run manage -- users ensure', 'Changes nothing where all is well']],
  read: () => ({}),
  run: (context, options) => ensureAutomatedUsers(context.sequelize, options, context),
});
