import { SourceRecord } from '../../records/sources.ts';
import { type Html, html } from '../html.ts';
import { counted, moment, outsideLink } from '../show.ts';
import type { AdminModel } from './admin-model.ts';

const mostShown = 10;

/** Which pages of which sources show a record, the one that was seen last first; nothing for what no source shows. */
export async function sourcePages({ sourceKey }: AdminModel, id: string): Promise<Html> {
  if (sourceKey === undefined) return html``;
  const { rows, count } = await SourceRecord.findAndCountAll({
    where: { [sourceKey]: id },
    order: [
      ['lastSeenAt', 'DESC'],
      ['id', 'DESC'],
    ],
    limit: mostShown,
  });
  if (count === 0) return html``;
  return html`<details><summary>Shown on ${counted(count, 'page')} of sources</summary>
    <ul>${rows.map(({ sourceName, url, lastSeenAt }) => html`<li>${sourceName}: ${outsideLink(url)}, last seen ${moment(lastSeenAt)}</li>`)}
      ${count > rows.length ? html`<li>and ${counted(count - rows.length, 'other')}</li>` : ''}</ul>
  </details>`;
}
