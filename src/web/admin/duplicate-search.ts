import { Op } from 'sequelize';
import { Place } from '../../models/place.ts';
import { type Html, html } from '../html.ts';
import { likePattern } from './like-pattern.ts';

const mostFound = 20;

/** A form in which the duplicates of a place are searched and chosen. */
export async function duplicateSearch(
  place: Place,
  { search, chosen }: { search: string; chosen: readonly string[] },
): Promise<Html> {
  const text = search.trim() === '' ? place.name : search;
  const pattern = { [Op.iLike]: likePattern(text) };
  const found = await Place.findAll({
    where: {
      id: { [Op.ne]: place.id },
      isDuplicate: false,
      [Op.or]: [{ name: pattern }, { streetAddress: pattern }],
    },
    order: [
      ['name', 'ASC'],
      ['id', 'ASC'],
    ],
    limit: mostFound,
  });
  const others = chosen.filter((id) => !found.some((each) => each.id === id));
  const path = `/admin/places/${place.id}/merge`;
  return html`<h2>Which places are the same?</h2>
    <search><form class="filters" method="get" action="${path}">
      <label>Name or street address <input name="q" value="${text}" data-key="/" /></label>
      ${chosen.length === 0 ? '' : html`<input type="hidden" name="with" value="${chosen.join(',')}" />`}
      <button>Search</button>
    </form></search>
    <form method="get" action="${path}">
      <input type="hidden" name="q" value="${text}" />
      ${
        found.length === 0
          ? html`<p>No other place is called so.</p>`
          : html`<ul class="rows">${found.map(
              ({ id, name, streetAddress, addressLocality }) => html`<li class="row" data-row>
          <input type="checkbox" id="with-${id}" name="with" value="${id}" data-select ${chosen.includes(id) ? html`checked` : ''} />
          <div class="body"><label for="with-${id}">${name} (${id})</label>
            <p class="meta">${[streetAddress, addressLocality].filter((part) => part !== null).join(', ')}, <a href="/admin/places/${id}" data-open>look at it</a></p></div>
        </li>`,
            )}</ul>`
      }
      <p class="actions"><label>Numbers of others <input name="with" value="${others.join(', ')}" /></label>
        <button class="${chosen.length === 0 ? 'primary' : ''}">Preview the merge</button></p>
    </form>`;
}
