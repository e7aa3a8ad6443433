import type { Model } from 'sequelize';
import { registrationOf } from '../../../audit/read/index.ts';
import { abbreviate } from '../../../text.ts';
import { type Html, html } from '../../html.ts';
import { adminModels } from './admin-models.ts';

/** What one record of a model is called in a sentence. */
export function nounOf(model: string): string {
  return adminModels.find((known) => known.model.name === model)?.singular ?? model.toLowerCase();
}

const longestLabel = 120;

/** What a record is called, as log entries call it, but not at any length. */
export function recordLabel(record: Model): string {
  const values = record.get({ plain: true });
  const label = abbreviate(registrationOf(record.constructor.name)?.label(values) ?? '', longestLabel);
  return label.trim() === '' ? `${record.constructor.name} ${String(values.id)}` : label;
}

/**
 * What a foreign key points to, as a link to its page.
 *
 * @param target the name of the model that is pointed to; null for what is no foreign key
 * @param label what the record is called
 * @returns an empty text when nothing is pointed to
 */
export function referenceLink(target: string | null, id: unknown, label: string): Html | '' {
  if (target === null || id === null || id === undefined) return '';
  const admin = adminModels.find(({ model }) => model.name === target);
  return admin === undefined
    ? html`${label}`
    : html`<a href="/admin/${admin.path}/${String(id)}">${label}</a>`;
}
