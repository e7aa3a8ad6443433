import type { EventStatus } from './event-status.ts';

const prefix =
  /^\W{0,6}(?:(cancell?ed|cancellation)|(postponed)|(rescheduled)|(?:moved|now) online)(?:\s*[:\-–—|!*\])]|\s+-)/i;
const suffix = /[-–—|([*:]\s*(?:(cancell?ed)|(postponed)|(rescheduled)|moved online)\s*[)\]*!.]*$/i;

/**
 * The status that an event's name announces, for the many pages that put it there and nowhere else:
 * "CANCELLED: Board meeting", "*** POSTPONED *** Concert", "Picnic (cancelled)". A mark must divide the word
 * from the name, so "Cancelled Plans, a comedy" is not cancelled.
 *
 * @returns the status, or null when the name says nothing; and the name as it was, because a pipeline that
 *   strips the word would change the name back and forth with the status
 */
export function statusFromName(name: string): { status: EventStatus | null; name: string } {
  const start = prefix.exec(name);
  if (start !== null) return { status: statusOf(start), name };
  const end = name.length > 500 ? null : suffix.exec(name);
  return { status: end === null ? null : statusOf(end), name };
}

function statusOf(match: RegExpExecArray): EventStatus {
  if (match[1] !== undefined) return 'EventCancelled';
  if (match[2] !== undefined) return 'EventPostponed';
  return match[3] === undefined ? 'EventMovedOnline' : 'EventRescheduled';
}
