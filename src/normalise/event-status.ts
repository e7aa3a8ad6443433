const maxLength = 100;
const maxEntries = 50;
const maxDepth = 2;

/**
 * The bare names of schema.org enumeration values, in order, from whichever way a page writes them: the name,
 * its address ("http://schema.org/EventCancelled", "https://schema.org/…", "schema:…"), an object with `@id`,
 * `url` or `name`, or a list of these.
 *
 * @returns at most fifty names of at most a hundred characters; empty when there are none
 */
export function schemaNames(value: unknown): string[] {
  return collect(value, 0);
}

function collect(value: unknown, depth: number): string[] {
  if (typeof value === 'string') {
    if (value.length > maxLength) return [];
    const name = value
      .trim()
      .replace(/^(?:https?:\/\/(?:www\.)?schema\.org\/|schema:)/i, '')
      .replace(/\/$/, '');
    return name === '' ? [] : [name];
  }
  if (typeof value !== 'object' || value === null || depth > maxDepth) return [];
  if (Array.isArray(value)) {
    return value
      .slice(0, maxEntries)
      .flatMap((entry) => collect(entry, depth + 1))
      .slice(0, maxEntries);
  }
  for (const key of ['@id', 'url', 'name']) {
    const names = collect(Reflect.get(value, key), depth + 1);
    if (names.length > 0) return names;
  }
  return [];
}

/** What schema.org calls the ways to attend. */
export const attendanceModes = [
  'OfflineEventAttendanceMode',
  'OnlineEventAttendanceMode',
  'MixedEventAttendanceMode',
] as const;
export type AttendanceMode = (typeof attendanceModes)[number];

const words: Readonly<Record<string, AttendanceMode>> = {
  offline: 'OfflineEventAttendanceMode',
  'in person': 'OfflineEventAttendanceMode',
  physical: 'OfflineEventAttendanceMode',
  online: 'OnlineEventAttendanceMode',
  virtual: 'OnlineEventAttendanceMode',
  mixed: 'MixedEventAttendanceMode',
  hybrid: 'MixedEventAttendanceMode',
};

/**
 * schema.org's `eventAttendanceMode`, from its name, address or object, or a plain English word. Online and
 * offline together are mixed.
 *
 * @returns null when the page does not say: that is not the same as offline
 */
export function normaliseAttendanceMode(value: unknown): AttendanceMode | null {
  const modes = new Set<AttendanceMode>();
  for (const name of schemaNames(value)) {
    const word = name
      .replace(/EventAttendanceMode$/i, '')
      .toLowerCase()
      .replace(/[-_\s]+/g, ' ');
    const mode = Object.hasOwn(words, word) ? words[word] : undefined;
    if (mode !== undefined) modes.add(mode);
  }
  const [only] = modes;
  if (only === undefined) return null;
  return modes.size === 1 ? only : 'MixedEventAttendanceMode';
}

/** What schema.org calls the states of an event. */
export const eventStatuses = [
  'EventScheduled',
  'EventCancelled',
  'EventPostponed',
  'EventRescheduled',
  'EventMovedOnline',
] as const;
export type EventStatus = (typeof eventStatuses)[number];

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
