const format = new Intl.DateTimeFormat('sv-SE', {
  dateStyle: 'short',
  timeStyle: 'short',
});

/** A moment in this machine's zone, to the minute: "2027-04-09 19:30". */
export function showTime(date: Date): string {
  return format.format(date);
}
