import { backfill } from './backfill.ts';
import { cleanupDuplicates } from './cleanup-duplicates.ts';
import type { ManagementCommand } from './define-management-command.ts';
import { markPastEvents } from './mark-past-events.ts';
import { mergePlaces } from './merge-places.ts';
import { setTimezone } from './set-timezone.ts';
import { updatePlaceRatings } from './update-place-ratings.ts';
import { usersEnsure } from './users-ensure.ts';

/** Every management command by its name. The only list of them: a new one is added here. */
export const managementCommands: ReadonlyMap<string, ManagementCommand> = new Map(
  [
    backfill,
    cleanupDuplicates,
    markPastEvents,
    mergePlaces,
    setTimezone,
    updatePlaceRatings,
    usersEnsure,
  ].map((command) => [command.name, command]),
);
