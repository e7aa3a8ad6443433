import { updatePlaceRatings as update } from '../../records/operations/ratings.ts';
import { defineManagementCommand } from './define-management-command.ts';

export const updatePlaceRatings = defineManagementCommand({
  name: 'update-place-ratings',
  summary: 'Computes the rating of places that need it, from the last one of each of their sources',
  examples: [['npm run manage -- update-place-ratings', 'All that are marked as needing it']],
  read: () => ({}),
  run: (context, options) => update(context.sequelize, options, context),
});
