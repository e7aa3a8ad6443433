import { type Html, html } from '../html.ts';
import { adminModels } from './admin-models.ts';

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
