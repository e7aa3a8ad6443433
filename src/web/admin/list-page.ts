import type { Model } from 'sequelize';
import { jsonValue } from '../../audit/index.ts';
import { collectForeignKeys, loadLabels, type RenderOptions } from '../../audit/read/index.ts';
import { listRecords } from '../../records/list-records.ts';
import { hasRole } from '../../records/user.ts';
import { value } from '../field-values.ts';
import { filterForm } from '../filter-form.ts';
import { type Html, html } from '../html.ts';
import { sendPage } from '../page.ts';
import type { PagePlugin } from '../page-options.ts';
import { queryOf, withQuery } from '../query-of.ts';
import { recordedText } from '../recorded-text.ts';
import { moment } from '../show.ts';
import { signedInUser } from '../sign-in/signed-in-user.ts';
import type { AdminModel } from './admin-model.ts';
import { breadcrumb } from './breadcrumb.ts';
import { type FormField, formField } from './form-field.ts';
import { listFields, listQuery } from './list-query.ts';
import { recordZone } from './record-zone.ts';
import { referenceLink } from './reference-link.ts';

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
            ? html`<p>Nothing fits.</p>`
            : html`<table class="records">
          <caption class="hidden">${admin.label}</caption>
          <thead><tr>${columns.map((column, index) => html`<th scope="col" class="${index === 0 ? '' : cellClass(column)}">${column.label}</th>`)}</tr></thead>
          <tbody>${records.map((record) => row(record, columns, { path, model, labelOf }))}</tbody>
        </table>`
        }
        ${next === null ? '' : html`<nav class="actions" aria-label="More of this list"><a class="button" href="${withQuery(path, onwards)}">Next page</a></nav>`}`;
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
  if (kind === 'moment' || kind === 'timeOfDay' || kind === 'yesOrNo') return 'whole';
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
    if (name === 'updatedAt' && stored instanceof Date) return moment(stored);
    const text = recordedText({ model, field: name }, jsonValue(stored), options);
    return referenceLink(target, stored, text) || value(text, 'plain');
  };
  return html`<tr data-row>
    ${first === undefined ? '' : html`<th scope="row"><a href="${path}/${id}" data-open>${shown(first)}</a></th>`}
    ${others.map((column) => html`<td data-label="${column.label}" class="${cellClass(column)}">${shown(column)}</td>`)}
  </tr>`;
}
