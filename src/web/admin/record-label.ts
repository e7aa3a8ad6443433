import type { Model } from 'sequelize';
import { cutText, registrationOf } from '../../audit/read/index.ts';

const longestLabel = 120;

/** What a record is called, as log entries call it, but not at any length. */
export function recordLabel(record: Model): string {
  const values = record.get({ plain: true });
  const label = cutText(registrationOf(record.constructor.name)?.label(values) ?? '', longestLabel);
  return label.trim() === '' ? `${record.constructor.name} ${String(values.id)}` : label;
}
