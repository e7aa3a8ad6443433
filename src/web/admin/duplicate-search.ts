import { Op } from 'sequelize';
import { cutText } from '../../audit/read/index.ts';
import { likePattern } from '../../records/filters.ts';
import { Place } from '../../records/place.ts';
import { type Html, html } from '../html.ts';
import { recordLabel } from './record-label.ts';

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
          : html`<ul class="rows">${found.map((each) => candidate(each, chosen.includes(each.id)))}</ul>`
      }
      <p class="actions"><label>Others, by number <input name="with" value="${others.join(', ')}" /></label>
        <button class="${chosen.length === 0 ? 'primary' : ''}">Preview the merge</button></p>
    </form>`;
}

function candidate(place: Place, isChosen: boolean): Html {
  const { id, streetAddress, addressLocality } = place;
  const label = recordLabel(place);
  const address = [streetAddress, addressLocality].flatMap((part) =>
    part === null ? [] : [`${cutText(part)}, `],
  );
  return html`<li class="row" data-row>
    <input type="checkbox" id="with-${id}" name="with" value="${id}" data-select ${isChosen ? html`checked` : ''} />
    <div class="body"><label for="with-${id}">${label} (${id})</label>
      <p class="meta">${address.join('')}<a href="/admin/places/${id}" data-open>look at it<span class="hidden">: ${label}</span></a></p></div>
  </li>`;
}
