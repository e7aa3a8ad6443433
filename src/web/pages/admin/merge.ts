import type { FastifyReply, FastifyRequest } from 'fastify';
import { Op, type Sequelize } from 'sequelize';
import { jsonValue } from '../../../audit/index.ts';
import { retryTransaction } from '../../../database/retry-transaction.ts';
import { HotspotsError } from '../../../errors.ts';
import { isId } from '../../../ids.ts';
import { likePattern, Place } from '../../../records/index.ts';
import { type MergePreview, mergePlaces, previewMerge } from '../../../records/operations/index.ts';
import { abbreviate, counted } from '../../../text.ts';
import { queryOf } from '../../filter-form.ts';
import { csrfField, formFields, type Html, html, recordedText, value } from '../../html.ts';
import { type PagePlugin, sendPage } from '../../page.ts';
import { backTo } from '../../redirect.ts';
import { type FormField, formFieldsOf } from './form-field.ts';
import { place as admin } from './models/place.ts';
import { breadcrumb } from './record-page.ts';
import { recordLabel } from './reference-link.ts';
import { findRecord } from './save-record.ts';

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
          ? html`<p>No other place has that name or address.</p>`
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
    part === null ? [] : [`${abbreviate(part)}, `],
  );
  return html`<li class="row" data-row>
    <input type="checkbox" id="with-${id}" name="with" value="${id}" data-select ${isChosen ? html`checked` : ''} />
    <div class="body"><label for="with-${id}">${label} (${id})</label>
      <p class="meta">${address.join('')}<a href="/admin/places/${id}" data-open>look at it<span class="hidden">: ${label}</span></a></p></div>
  </li>`;
}

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

interface MergeRoute {
  Params: { id: string };
}

const editors = { config: { access: 'editor' } } as const;
const mostDuplicates = 20;
const longestReason = 1000;

/** /admin/places/:id/merge?with=ID,ID: what a merge of places would do, and the merge. */
export const mergePage: PagePlugin = async (app, { database: { sequelize } }) => {
  app.get<MergeRoute>('/admin/places/:id/merge', editors, async (request, reply) => {
    const duplicateIds = idsOf(queryOf(request));
    return await sendMerge(request, reply, { sequelize, id: request.params.id, duplicateIds, problem: null });
  });

  app.post<MergeRoute>('/admin/places/:id/merge', editors, async (request, reply) => {
    const { id } = request.params;
    const fields = formFields(request);
    const duplicateIds = idsOf(fields);
    await findRecord(sequelize, admin, id);
    const reason = (fields.get('reason') ?? '').trim().slice(0, longestReason);
    const merged = await retryTransaction(sequelize, async (transaction) => {
      const places = await Place.findAll({
        where: { id: [id, ...duplicateIds] },
        order: [['id', 'ASC']],
        transaction,
        lock: transaction.LOCK.NO_KEY_UPDATE,
      });
      if (fields.get('version') !== mergeVersion(places)) return null;
      return await mergePlaces(sequelize, {
        placeId: id,
        duplicateIds,
        transaction,
        ...(reason !== '' && { reason }),
      });
    });
    if (merged === null) {
      const problem = 'These places were changed since the preview was made. Nothing was merged. Look again.';
      return await sendMerge(request, reply, { sequelize, id, duplicateIds, problem });
    }
    const what = counted(duplicateIds.length, 'duplicate');
    return backTo(request, reply, `/admin/places/${id}`, `${what} merged into ${recordLabel(merged.place)}.`);
  });
};

/** The ids that `with` names, one by one or with commas. */
function idsOf(query: URLSearchParams): string[] {
  const ids = [...new Set(query.getAll('with').flatMap((text) => text.split(/[\s,]+/)))].filter(
    (id) => id !== '',
  );
  if (ids.length <= mostDuplicates && ids.every((id) => isId(id))) return ids;
  throw new HotspotsError(
    'USAGE',
    `Duplicates are named by their numbers, ${mostDuplicates} at most, as with=12,15. Nothing was merged.`,
  );
}

interface ShownMerge {
  sequelize: Sequelize;
  id: string;
  duplicateIds: readonly string[];
  /** Why a merge that was asked for was not made. */
  problem: string | null;
}

async function sendMerge(
  request: FastifyRequest,
  reply: FastifyReply,
  { sequelize, id, duplicateIds, problem }: ShownMerge,
): Promise<FastifyReply> {
  await findRecord(sequelize, admin, id);
  const place = await Place.findByPk(id, { rejectOnEmpty: true });
  const { preview, refusal } =
    duplicateIds.length === 0
      ? { preview: null, refusal: null }
      : await previewOf(sequelize, id, duplicateIds);
  const why = problem ?? refusal;
  const label = recordLabel(place);
  const title = `Merge into ${label}`;
  const search = queryOf(request).get('q') ?? '';
  const body = html`${breadcrumb(admin, { href: `/admin/places/${id}`, label })}
    <h1>${title}</h1>
    ${why === null ? '' : html`<p class="problem" role="alert">${why}</p>`}
    ${preview === null ? '' : mergePreview(preview, csrfField(reply))}
    ${await duplicateSearch(place, { search, chosen: duplicateIds })}`;
  const status = why === null ? 200 : 409;
  return await sendPage(request, reply, { title, current: 'admin', body, status });
}

/** A merge that cannot be made is said on the page on which others can be chosen. */
async function previewOf(sequelize: Sequelize, placeId: string, duplicateIds: readonly string[]) {
  try {
    return { preview: await previewMerge(sequelize, { placeId, duplicateIds }), refusal: null };
  } catch (error) {
    if (!(error instanceof HotspotsError) || !['MERGE_REFUSED', 'PLACE_UNKNOWN'].includes(error.code))
      throw error;
    return { preview: null, refusal: error.message };
  }
}
