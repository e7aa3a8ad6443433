/** A moment in a zone, to the minute: "2027-03-28 03:00". */
export function zonedTime(moment: Date, timeZone: string): string {
  const { year, month, day, hour, minute } = moment.toTemporalInstant().toZonedDateTimeISO(timeZone);
  const two = (number: number) => String(number).padStart(2, '0');
  return `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}`;
}
