import { markPastEvents as mark } from '../../records/operations/events.ts';
import { defineManagementCommand } from './define-management-command.ts';

export const markPastEvents = defineManagementCommand({
  name: 'mark-past-events',
  summary: 'Marks events that are over, each in its own time zone',
  examples: [['npm run manage -- mark-past-events', 'Those that have ended since it ran last']],
  read: () => ({}),
  run: (context, options) => mark(context.sequelize, options, context),
});
