import { entryTable } from '../../../audit/read/index.ts';
import { HotspotsError } from '../../../errors.ts';
import { isId } from '../../../ids.ts';
import { hasRole } from '../../../records/index.ts';
import { isStorable, quoted } from '../../../text.ts';
import {
  type FieldRecordsFilter,
  type Hold,
  type IdPage,
  listHolds,
  releaseHold,
} from '../../../write-policy/index.ts';
import { type FilterField, filterForm, queryOf, withQuery } from '../../filter-form.ts';
import { csrfField, type Html, html, timeElement, value } from '../../html.ts';
import { type PagePlugin, sendPage } from '../../page.ts';
import { backTo } from '../../redirect.ts';
import { signedInUser } from '../account/sessions.ts';
import { presentLabels, recordPath } from './entry-list.ts';

/** The conditions of the lists of suggestions and holds. */
export const fieldRecordsFields: readonly FilterField[] = [
  { word: 'source', label: 'Source' },
  { word: 'model', label: 'Kind of record', short: true },
  { word: 'object', label: 'Record’s id', short: true },
  { word: 'field', label: 'Field', short: true },
];

const words = { source: 'source', model: 'model', object: 'objectId', field: 'field' } as const;

/** @throws HotspotsError USAGE for a word that is no condition */
export function fieldRecordsFilter(
  query: URLSearchParams,
  limit: number,
): { filter: FieldRecordsFilter; page: IdPage } {
  const filter: FieldRecordsFilter = {};
  let before: string | undefined;
  for (const [word, value] of query) {
    if (value === '') continue;
    const key = Object.entries(words).find(([name]) => name === word)?.[1];
    if (word === 'before' && isId(value)) before = value;
    else if (key !== undefined && isStorable(value)) filter[key] = value;
    else {
      const given = quoted(`${word}=${value}`);
      throw new HotspotsError('USAGE', `Filters are ${Object.keys(words).join(', ')}; given: ${given}.`);
    }
  }
  return { filter, page: { limit, before } };
}

const pageSize = 50;

/** GET /review/holds: values that were undone and that their sources must not write again. */
export const holdsPage: PagePlugin = async (app, { database: { sequelize } }) => {
  app.get('/review/holds', { config: { access: 'viewer' } }, async (request, reply) => {
    const query = queryOf(request);
    const { filter, page } = fieldRecordsFilter(query, pageSize);
    const { holds, next } = await listHolds(filter, page);
    const labelOf = await presentLabels(holds);
    const csrf = hasRole(signedInUser(request), 'reviewer') ? csrfField(reply) : null;
    const older = new URLSearchParams(query);
    older.set('before', next ?? '');
    const back = withQuery('/review/holds', query);
    const body = html`<h1>Holds</h1>
      <p class="lead">Values that were undone. The source that wrote one does not write it again; as soon as it says something else, the hold ends.</p>
      ${filterForm('/review/holds', query, fieldRecordsFields)}
      ${
        holds.length === 0
          ? html`<p>Nothing is held back.</p>`
          : html`<table>
        <caption class="hidden">Values that are held back, the newest first</caption>
        <thead><tr><th scope="col">Record</th><th scope="col">Field</th><th scope="col">Value held back</th><th scope="col">Source</th>
          <th scope="col">Since</th>${csrf === null ? '' : html`<th scope="col">Release</th>`}</tr></thead>
        <tbody>${holds.map((hold) => row(hold, { label: labelOf(hold), csrf, back }))}</tbody>
      </table>`
      }
      ${next === null ? '' : html`<p><a class="button" href="${withQuery('/review/holds', older)}">Older</a></p>`}`;
    return sendPage(request, reply, { title: 'Holds', current: 'holds', body });
  });

  app.post<{ Params: { id: string } }>(
    '/review/holds/:id/release',
    { config: { access: 'reviewer' } },
    async (request, reply) => {
      const id = isId(request.params.id) ? request.params.id : '0';
      const hold = await releaseHold(sequelize, id, { by: signedInUser(request) });
      return backTo(
        request,
        reply,
        '/review/holds',
        `${hold.sourceName} may write that ${hold.field} again.`,
      );
    },
  );
};

function row(hold: Hold, { label, csrf, back }: { label: string; csrf: Html | null; back: string }): Html {
  const { model, field, sourceName, heldAt, undoRunId } = hold;
  const [shown] = entryTable(
    { model, changes: { [field]: [null, hold.value] } },
    { limit: 300, timeZone: 'UTC' },
  );
  return html`<tr data-row>
    <th scope="row"><a href="${recordPath(hold)}" data-open>${model} ${label}</a></th>
    <td data-label="Field">${field}</td>
    <td data-label="Value held back">${value(shown?.kind === 'value' ? shown.new : '', 'plain')}</td>
    <td data-label="Source">${sourceName}</td>
    <td data-label="Since">${timeElement(heldAt)}${undoRunId === null ? '' : html`, <a href="/review/runs/${undoRunId}">run ${undoRunId}</a>`}</td>
    ${
      csrf === null
        ? ''
        : html`<td><form class="inline" method="post" action="/review/holds/${hold.id}/release">${csrf}
      <input type="hidden" name="back" value="${back}" /><button data-key="u">Release: ${sourceName} may write it</button></form></td>`
    }
  </tr>`;
}
