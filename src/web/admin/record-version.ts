import type { Model } from 'sequelize';

/** What tells one state of a record from the next: when it was last written. */
export function recordVersion(record: Model): string {
  const updatedAt: unknown = record.get('updatedAt');
  return updatedAt instanceof Date ? updatedAt.toISOString() : '';
}
