import type { Sequelize } from 'sequelize';
import { type Html, html } from '../html.ts';
import { number } from '../show.ts';
import type { AdminModel } from './admin-model.ts';
import { adminModels } from './admin-models.ts';
import { pointingRecords } from './pointing-records.ts';

/** Links to the lists of what points to a record, with how many there are. */
export async function relatedLinks(sequelize: Sequelize, admin: AdminModel, id: string): Promise<Html> {
  const pointing = await pointingRecords(sequelize, admin.model, id);
  const links = pointing.flatMap(({ model, field, count }) => {
    const related = adminModels.find(({ model: { name } }) => name === model);
    return related === undefined || field === null || count === 0
      ? []
      : [html`<a href="/admin/${related.path}?${field}=${id}">${related.label} (${number(count)})</a>`];
  });
  if (links.length === 0) return html``;
  return html`<p>Related: ${links.map((link, index) => html`${index === 0 ? '' : ', '}${link}`)}</p>`;
}
