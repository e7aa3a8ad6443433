import type { Model } from 'sequelize';
import { normaliseTimeZone } from '../../normalise/time-zone.ts';

/** The IANA zone in which a record's own times are meant; UTC for one that has none. */
export function recordZone(record: Model | null): string {
  if (record === null || !('timeZone' in record)) return 'UTC';
  const { timeZone } = record;
  return (typeof timeZone === 'string' ? normaliseTimeZone(timeZone) : null) ?? 'UTC';
}
