import { type Model, Op, type WhereOptions } from 'sequelize';
import { z } from 'zod';
import { jsonValue } from '../../../audit/index.ts';
import { collectForeignKeys, loadLabels, type RenderOptions } from '../../../audit/read/index.ts';
import { HotspotsError } from '../../../errors.ts';
import { idPattern } from '../../../ids.ts';
import { hasRole, likePattern, listRecords } from '../../../records/index.ts';
import { quoted } from '../../../text.ts';
import { type FilterField, filterForm, queryOf, withQuery } from '../../filter-form.ts';
import { type Html, html, recordedText, timeElement, value } from '../../html.ts';
import { type PagePlugin, sendPage } from '../../page.ts';
import { signedInUser } from '../account/sessions.ts';
import type { AdminModel } from './admin-model.ts';
import { type FormField, formField } from './form-field.ts';
import { recordZone } from './form-values.ts';
import { breadcrumb } from './record-page.ts';
import { referenceLink } from './reference-link.ts';

/** What a list is to show. */
export interface ListQuery {
  readonly where: WhereOptions;
  /** An attribute; a "-" in front: the greatest first. */
  readonly order: string;
  /** Where an earlier page ended. */
  readonly after: string | null;
}

const words = { search: 'q', order: 'order', after: 'after' } as const;
const id = z.string().regex(idPattern);

/**
 * Reads the address of a list: `q` is searched for, `order` is one of the model's orders, `after` goes on where a page
 * ended, and each filter is an attribute with its value.
 *
 * @throws HotspotsError USAGE
 */
export function listQuery(admin: AdminModel, query: URLSearchParams): ListQuery {
  const conditions: WhereOptions[] = [];
  for (const [word, value] of query) {
    if (value === '' || word === words.order || word === words.after) continue;
    if (word === words.search) conditions.push(searchCondition(admin, value));
    else if (admin.filters.includes(word)) conditions.push(filterCondition(admin, word, value));
    else {
      const known = [...Object.values(words), ...admin.filters].join(', ');
      throw new HotspotsError('USAGE', `This list has no filter ${quoted(word)}. It has ${known}.`);
    }
  }
  return {
    where: { [Op.and]: conditions },
    order: orderOf(admin, query.get(words.order)),
    after: query.get(words.after) || null,
  };
}

/** The fields of the form above the list. */
export function listFields(admin: AdminModel): FilterField[] {
  const filters = admin.filters.map((name): FilterField => {
    const { label, kind, choices, target } = formField(admin, name);
    if (kind === 'flag') return { word: name, label, choices: ['yes', 'no'] };
    if (choices !== undefined) return { word: name, label, choices };
    return { word: name, label: target === null ? label : `${label} (number)`, short: true };
  });
  const [usual = '-id', ...others] = admin.orders;
  const labels = Object.fromEntries(others.map((order) => [order, orderLabel(admin, order)]));
  return [
    { word: words.search, label: admin.search.length === 0 ? 'Number' : 'Search' },
    ...filters,
    { word: words.order, label: 'Order', choices: others, labels, noChoice: orderLabel(admin, usual) },
  ];
}

function orderOf({ orders }: AdminModel, given: string | null): string {
  const order = given === null || given === '' ? orders[0] : orders.find((known) => known === given);
  if (order !== undefined) return order;
  throw new HotspotsError(
    'USAGE',
    `This list is ordered by one of ${orders.join(', ')}; given: ${JSON.stringify(given)}.`,
  );
}

function orderLabel(admin: AdminModel, order: string): string {
  const name = order.replace(/^-/, '');
  if (name === 'id') return order === 'id' ? 'oldest first' : 'newest first';
  const { label, kind } = formField(admin, name);
  if (kind === 'moment') return `${label}, ${order === name ? 'earliest' : 'latest'} first`;
  return order === name ? label : `${label}, backwards`;
}

function searchCondition({ search }: AdminModel, text: string): WhereOptions {
  const isId = id.safeParse(text).success;
  const found = search.map((name) => ({ [name]: { [Op.iLike]: likePattern(text) } }));
  return { [Op.or]: [...found, ...(isId ? [{ id: text }] : []), { id: null }] };
}

function filterCondition(admin: AdminModel, name: string, value: string): WhereOptions {
  const { kind } = formField(admin, name);
  switch (kind) {
    case 'flag':
      if (value === 'yes' || value === 'no') return { [name]: value === 'yes' };
      break;
    case 'reference':
      if (id.safeParse(value).success) return { [name]: value };
      break;
    case 'list':
      return { [name]: { [Op.contains]: [value] } };
    case 'text':
      return { [name]: { [Op.iLike]: likePattern(value).slice(1, -1) } };
    default:
  }
  const allowed = kind === 'reference' ? 'the number of a record' : 'yes or no';
  throw new HotspotsError('USAGE', `${name} is ${allowed}; given: ${quoted(value)}.`);
}

const pageSize = 50;
const longestValue = 100;

/** GET /admin/MODEL: the records of a kind, searched, filtered, ordered, a page at a time. */
export const listPage =
  (admin: AdminModel): PagePlugin =>
  async (app, { database: { sequelize } }) => {
    const path = `/admin/${admin.path}`;
    app.get(path, { config: { access: 'viewer' } }, async (request, reply) => {
      const query = queryOf(request);
      const columns = admin.list.map((name) => formField(admin, name));
      const { records, next } = await listRecords(sequelize, {
        ...listQuery(admin, query),
        model: admin.model,
        limit: pageSize,
        attributes: 'timeZone' in admin.model.getAttributes() ? [...admin.list, 'timeZone'] : admin.list,
      });
      const labelOf = await loadLabels(collectForeignKeys(records.map((record) => asEntry(record, columns))));
      const mayCreate = hasRole(signedInUser(request), admin.editor);
      const onwards = new URLSearchParams(query);
      onwards.set('after', next ?? '');
      const model = admin.model.name;
      const body = html`${breadcrumb(null)}
        <h1>${admin.label}</h1>
        <div class="actions">
          ${mayCreate ? html`<a class="button" href="${path}/new">New ${admin.singular}…</a>` : ''}
          <a href="/review/changes?${new URLSearchParams({ model }).toString()}">Changes of ${admin.label.toLowerCase()}</a>
        </div>
        ${filterForm(path, query, listFields(admin))}
        ${
          records.length === 0
            ? html`<p>No record matches.</p>`
            : html`<table class="records">
          <caption class="hidden">${admin.label}</caption>
          <thead><tr>${columns.map((column, index) => html`<th scope="col" class="${index === 0 ? '' : cellClass(column)}">${column.label}</th>`)}</tr></thead>
          <tbody>${records.map((record) => row(record, columns, { path, model, labelOf }))}</tbody>
        </table>`
        }
        ${next === null ? '' : html`<nav class="actions" aria-label="Pagination"><a class="button" href="${withQuery(path, onwards)}">Next page</a></nav>`}`;
      return sendPage(request, reply, { title: admin.label, current: 'admin', body });
    });
  };

/** A record in the form in which the log has them: what shows entries shows records too. */
function asEntry(record: Model, columns: readonly FormField[]) {
  const changes = columns.map(({ name }) => [name, [null, jsonValue(record.get(name))]]);
  return { model: record.constructor.name, changes: Object.fromEntries(changes) };
}

/** What is short stays in one line, and words of the program's own stay whole. */
function cellClass({ kind, choices }: FormField): string {
  if (kind === 'integer' || kind === 'number' || kind === 'decimal') return 'number';
  if (kind === 'moment' || kind === 'timeOfDay' || kind === 'flag') return 'whole';
  return choices === undefined ? '' : 'word';
}

interface RowContext {
  path: string;
  model: string;
  labelOf: NonNullable<RenderOptions['labelOf']>;
}

function row(
  record: Model,
  [first, ...others]: readonly FormField[],
  { path, model, labelOf }: RowContext,
): Html {
  const options = { limit: longestValue, timeZone: recordZone(record), labelOf };
  const id = String(record.get('id'));
  const shown = ({ name, target }: FormField): Html => {
    const stored: unknown = record.get(name);
    if (name === 'updatedAt' && stored instanceof Date) return timeElement(stored);
    const text = recordedText({ model, field: name }, jsonValue(stored), options);
    return referenceLink(target, stored, text) || value(text, 'plain');
  };
  return html`<tr data-row>
    ${first === undefined ? '' : html`<th scope="row"><a href="${path}/${id}" data-open>${shown(first)}</a></th>`}
    ${others.map((column) => html`<td data-label="${column.label}" class="${cellClass(column)}">${shown(column)}</td>`)}
  </tr>`;
}
