/**
 * A zone for an event whose place is not known and whose text gives an offset only. IANA names for fixed
 * offsets exist for whole hours, with the sign turned round ("Etc/GMT+5" is five hours behind UTC). Other
 * offsets become UTC: the instant stays right, only the clock on the wall is not known.
 *
 * @param offset minutes ahead of UTC; null when none was written
 * @param notes receives a sentence when UTC stands in
 * @returns an IANA name, or null without an offset
 */
export function zoneOfOffset(offset: number | null, notes: string[]): string | null {
  if (offset === null) return null;
  if (offset === 0) return 'UTC';
  const hours = offset / 60;
  if (Number.isInteger(hours) && hours >= -12 && hours <= 14)
    return `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}`;
  notes.push(
    'No time zone is known and the offset is none of whole hours; UTC stands in, the instant is right.',
  );
  return 'UTC';
}
