import { schemaNames } from './schema-names.ts';

export type AttendanceMode =
  | 'OfflineEventAttendanceMode'
  | 'OnlineEventAttendanceMode'
  | 'MixedEventAttendanceMode';

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
