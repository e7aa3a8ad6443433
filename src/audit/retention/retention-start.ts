/**
 * From when on entries are kept: whole months in UTC, this one not counted.
 *
 * @param months how many, at least 1
 */
export function retentionStart(now: Date, months: number): Date {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - months, 1));
}
