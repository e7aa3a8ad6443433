import { z } from 'zod';
import { updatePlaceRatings } from '../../records/operations/ratings.ts';
import { batchedOutcome } from '../batched-outcome.ts';
import { defineTask } from '../task.ts';

/** Computes the ratings of places that are marked as needing it. */
export const updatePlaceRatingsTask = defineTask({
  name: 'update-place-ratings',
  summary: 'Computes the ratings of places whose sources gave new ones',
  data: z.strictObject({}),
  keyOf: () => 'all',
  run: async (_data, { database: { sequelize }, signal }) =>
    batchedOutcome(await updatePlaceRatings(sequelize, {}, { signal })),
});
