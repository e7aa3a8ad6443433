import { jsonValue } from '../../audit/index.ts';
import type { MergePreview } from '../../records/operations/merge-places.ts';
import { Place } from '../../records/place.ts';
import { value } from '../field-values.ts';
import { type Html, html } from '../html.ts';
import { recordedText } from '../recorded-text.ts';
import { counted } from '../show.ts';
import { type FormField, formFieldsOf } from './form-field.ts';
import { place as admin } from './models/place.ts';
import { recordLabel } from './record-label.ts';

/** What a merge of places would do, with the button that does it. */
export function mergePreview(preview: MergePreview, csrf: Html): Html {
  const { place, duplicates, filled, moved, left } = preview;
  const label = recordLabel(place);
  const lost = lostValues(preview);
  const moves = [
    counted(moved.events, 'event'),
    counted(moved.images, 'image'),
    counted(moved.tips, 'tip'),
    counted(moved.vibes, 'vibe'),
  ].filter((text) => !text.startsWith('0 '));
  const stays = [counted(left.images, 'image'), counted(left.vibes, 'vibe')].filter(
    (text) => !text.startsWith('0 '),
  );
  return html`<h2>What the merge does</h2>
    <ul>
      <li>${duplicates.map((each, index) => html`${index === 0 ? '' : ', '}<a href="/admin/places/${each.id}">${recordLabel(each)} (${each.id})</a>`)}
        ${duplicates.length === 1 ? 'is marked as a closed duplicate' : 'are marked as closed duplicates'} of ${label} (${place.id}). Nothing is deleted.</li>
      <li>${moves.length === 0 ? 'They have no events, images, tips or vibes that move.' : `Moved to ${label}: ${moves.join(', ')}.`}</li>
      ${stays.length === 0 ? '' : html`<li>${label} has it already, so it stays where it is: ${stays.join(', ')}.</li>`}
      <li>From then on, what their sources say updates ${label}.</li>
    </ul>
    ${
      filled.length === 0
        ? html`<p>No field is filled from them.</p>`
        : html`<table><caption>Empty fields that are filled</caption>
      <thead><tr><th scope="col">Field</th><th scope="col">Value</th><th scope="col">From</th></tr></thead>
      <tbody>${filled.map(
        ({ field, value: taken, fromId }) => html`<tr><th scope="row" class="word">${labelOf(field)}</th>
        <td data-label="Value">${value(textOf(field, taken), 'now')}</td><td data-label="From">place ${fromId}</td></tr>`,
      )}</tbody></table>`
    }
    ${
      lost.length === 0
        ? html`<p>They say nothing else that ${label} does not say too.</p>`
        : html`<table><caption>Values that differ and are not taken over</caption>
      <thead><tr><th scope="col">Field</th><th scope="col">Stays</th><th scope="col">Is not taken over</th><th scope="col">Of</th></tr></thead>
      <tbody>${lost.map(
        ({
          field,
          stays: kept,
          lost: other,
          fromId,
        }) => html`<tr><th scope="row" class="word">${labelOf(field)}</th>
        <td data-label="Stays">${value(kept, 'plain')}</td><td data-label="Is not taken over">${value(other, 'was')}</td>
        <td data-label="Of">place ${fromId}</td></tr>`,
      )}</tbody></table>`
    }
    <form class="actions" method="post" action="/admin/places/${place.id}/merge">
      ${csrf}<input type="hidden" name="with" value="${duplicates.map(({ id }) => id).join(',')}" />
      <input type="hidden" name="version" value="${mergeVersion([place, ...duplicates])}" />
      <label>Why <input name="reason" class="wide" maxlength="1000" /></label>
      <button class="primary">Merge ${counted(duplicates.length, 'place')} into ${label}</button>
    </form>`;
}

/** What tells the places that were looked at from what they are later. */
export function mergeVersion(places: readonly Place[]): string {
  return places
    .map(({ id, updatedAt }) => `${id} ${updatedAt.toISOString()}`)
    .sort()
    .join(', ');
}

interface LostValue {
  field: string;
  stays: string;
  lost: string;
  fromId: string;
}

/** Fields that say whether a place counts are set by the merge itself. */
const ofMerge = ['isClosed', 'isDuplicate', 'duplicateOfId', 'needsRatingUpdate'];

function lostValues({ place, duplicates, filled }: MergePreview): LostValue[] {
  const fields = formFieldsOf(admin).filter(({ name }) => !ofMerge.includes(name));
  return fields.flatMap(({ name: field }) => {
    const taken = filled.find((each) => each.field === field);
    const stays = textOf(field, taken === undefined ? place.get(field) : taken.value);
    return duplicates.flatMap((duplicate) => {
      const own: unknown = duplicate.get(field);
      const isEmpty = own === null || (Array.isArray(own) && own.length === 0);
      const lost = textOf(field, own);
      return isEmpty || lost === stays ? [] : [{ field, stays, lost, fromId: duplicate.id }];
    });
  });
}

function labelOf(field: string): FormField['label'] {
  return formFieldsOf(admin).find(({ name }) => name === field)?.label ?? field;
}

function textOf(field: string, given: unknown): string {
  return recordedText({ model: Place.name, field }, jsonValue(given), { limit: 300, timeZone: 'UTC' });
}
