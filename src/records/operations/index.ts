// The face of the operations: work on several records at once, in the caller's context and transaction.
export type { BackfillField } from './backfill-places.ts';
export { backfillPlaces } from './backfill-places.ts';
export type { BatchCounts, BatchedResult, BatchOptions, Transact } from './batches.ts';
export { cleanupDuplicates } from './duplicates.ts';
export { ensureAutomatedUsers } from './ensure-automated-users.ts';
export { cancelEvent, closePlace, markPastEvents } from './events.ts';
export { type MergePreview, mergePlaces, previewMerge } from './merge-places.ts';
export { updatePlaceRatings } from './ratings.ts';
export { setTimeZone } from './set-time-zone.ts';
