import type { Model } from 'sequelize';
import { registrationOf } from '../../audit/reading/record-key.ts';

/** What a record is called, as log entries call it. */
export function recordLabel(record: Model): string {
  const values = record.get({ plain: true });
  const label = registrationOf(record.constructor.name)?.label(values) ?? '';
  return label === '' ? `${record.constructor.name} ${String(values.id)}` : label;
}
