import { type RecordName, readSourcePages } from '../../../runs/index.ts';
import { counted } from '../../../text.ts';
import { type Html, html, outsideLink, timeElement } from '../../html.ts';

const mostShown = 10;

/** Which pages of which sources show a record, the one that was seen last first; nothing for what no source shows. */
export async function sourcePages(record: RecordName): Promise<Html> {
  const { pages, count } = await readSourcePages(record, mostShown);
  if (count === 0) return html``;
  return html`<details><summary>Shown on ${counted(count, 'page')} of sources</summary>
    <ul>${pages.map(({ sourceName, url, lastSeenAt }) => html`<li>${sourceName}: ${outsideLink(url)}, last seen ${timeElement(lastSeenAt)}</li>`)}
      ${count > pages.length ? html`<li>and ${counted(count - pages.length, 'other')}</li>` : ''}</ul>
  </details>`;
}
