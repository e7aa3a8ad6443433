import { schemaNames } from './schema-names.ts';

export type EventStatus =
  | 'EventScheduled'
  | 'EventCancelled'
  | 'EventPostponed'
  | 'EventRescheduled'
  | 'EventMovedOnline';

/** Tried in this order: an event that is both moved and cancelled does not take place. */
const patterns: readonly [RegExp, EventStatus][] = [
  [/^(?:event)?\W*cancell?ed$/i, 'EventCancelled'],
  [/^(?:event)?\W*postponed$/i, 'EventPostponed'],
  [/^(?:event)?\W*moved\W*online$/i, 'EventMovedOnline'],
  [/^(?:event)?\W*rescheduled$/i, 'EventRescheduled'],
];

/**
 * The status of an event from schema.org's `eventStatus` (name, address or object), iCalendar's STATUS
 * (RFC 5545, section 3.8.1.11), or the plain English word.
 *
 * @returns EventScheduled for everything else, also for nothing: schema.org's default. Of several values
 *   (a rescheduled event may carry two) the gravest counts.
 */
export function normaliseEventStatus(value: unknown): EventStatus {
  const names = schemaNames(value);
  for (const [pattern, status] of patterns) {
    if (names.some((name) => pattern.test(name))) return status;
  }
  return 'EventScheduled';
}
