import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Model, Sequelize } from 'sequelize';
import { jsonValue } from '../../../audit/index.ts';
import { collectForeignKeys, loadLabels } from '../../../audit/read/index.ts';
import { hasRole, type User } from '../../../records/index.ts';
import { type FieldView, readFields } from '../../../runs/index.ts';
import { formatNumber } from '../../../text.ts';
import { csrfField, formFields, type Html, html } from '../../html.ts';
import { type PagePlugin, sendPage } from '../../page.ts';
import { backTo } from '../../redirect.ts';
import { signedInUser } from '../account/sessions.ts';
import { recordPath } from '../review/entry-list.ts';
import { sourcePages } from '../review/source-pages.ts';
import type { AdminModel } from './admin-model.ts';
import { adminModels } from './admin-models.ts';
import { problemNotice, recordForm } from './form.ts';
import { formFieldsOf } from './form-field.ts';
import { recordZone } from './form-values.ts';
import { type NotesContext, notesForms } from './notes.ts';
import { pointingRecords } from './pointing-records.ts';
import { recordVersion } from './read-form.ts';
import { recordLabel } from './reference-link.ts';
import { findRecord, type SavedRecord, saveRecord } from './save-record.ts';

interface Step {
  readonly href: string;
  readonly label: string;
}

/**
 * The way back from a page: the overview, the list of the kind, and the record if the page is below one.
 *
 * @param admin the kind of record; null for a page that is about none
 */
export function breadcrumb(
  admin: Pick<AdminModel, 'path' | 'label'> | null,
  ...below: readonly Step[]
): Html {
  const list = admin === null ? [] : [{ href: `/admin/${admin.path}`, label: admin.label }];
  const steps: Step[] = [{ href: '/admin', label: 'Admin' }, ...list, ...below];
  return html`<nav class="breadcrumb" aria-label="Breadcrumb"><ol>${steps.map(
    ({ href, label }) => html`<li><a href="${href}">${label}</a></li>`,
  )}</ol></nav>`;
}

/** Links to the lists of what points to a record, with how many there are. */
export async function relatedLinks(sequelize: Sequelize, admin: AdminModel, id: string): Promise<Html> {
  const pointing = await pointingRecords(sequelize, admin.model, id);
  const links = pointing.flatMap(({ model, field, count }) => {
    const related = adminModels.find(({ model: { name } }) => name === model);
    return related === undefined || field === null || count === 0
      ? []
      : [html`<a href="/admin/${related.path}?${field}=${id}">${related.label} (${formatNumber(count)})</a>`];
  });
  if (links.length === 0) return html``;
  return html`<p>Related: ${links.map((link, index) => html`${index === 0 ? '' : ', '}${link}`)}</p>`;
}

interface RecordRoute {
  Params: { id: string };
}

/** /admin/MODEL/:id: a record, as a form for who may edit it, with what is known of each of its values. */
export const adminRecordPage =
  (admin: AdminModel): PagePlugin =>
  async (app, { database: { sequelize } }) => {
    const url = `/admin/${admin.path}/:id`;
    app.get<RecordRoute>(url, { config: { access: 'viewer' } }, async (request, reply) => {
      const record = await findRecord(sequelize, admin, request.params.id);
      return await sendRecord(request, reply, { sequelize, admin, record, refused: null });
    });

    app.post<RecordRoute>(url, { config: { access: admin.editor } }, async (request, reply) => {
      const { id } = request.params;
      const saved = await saveRecord(sequelize, admin, id, formFields(request));
      if (saved.outcome === 'saved') {
        const labels = formFieldsOf(admin).flatMap(({ name, label }) =>
          saved.fields.includes(name) ? [label] : [],
        );
        const notice = labels.length === 0 ? 'Nothing was changed.' : `Saved: ${labels.join(', ')}.`;
        return backTo(request, reply, `/admin/${admin.path}/${id}`, notice);
      }
      const record = await findRecord(sequelize, admin, id);
      return await sendRecord(request, reply, { sequelize, admin, record, refused: saved });
    });
  };

interface ShownRecord {
  sequelize: Sequelize;
  admin: AdminModel;
  record: Model;
  /** A form that was not taken. */
  refused: Exclude<SavedRecord, { outcome: 'saved' }> | null;
}

async function sendRecord(
  request: FastifyRequest,
  reply: FastifyReply,
  { sequelize, admin, record, refused }: ShownRecord,
): Promise<FastifyReply> {
  const user = signedInUser(request);
  const objectId = String(record.get('id'));
  const model = admin.model.name;
  const path = `/admin/${admin.path}/${objectId}`;
  const fields = formFieldsOf(admin);
  const changes = Object.fromEntries(fields.map(({ name }) => [name, [null, jsonValue(record.get(name))]]));
  const labelOf = await loadLabels(collectForeignKeys([{ model, changes }]));
  const notes = await readFields(
    sequelize,
    { model, objectId },
    fields.map(({ name }) => name),
  );
  const mayEdit = hasRole(user, admin.editor);
  const context: NotesContext = {
    model,
    objectId,
    mayDecide: hasRole(user, 'reviewer'),
    // Where no source has a say, there is nothing to let it write.
    mayRelease: hasRole(user, 'editor') && [...notes.values()].some(hasSource),
    options: { limit: 500, timeZone: recordZone(record), labelOf },
  };
  const csrf = csrfField(reply);
  const isConflict = refused?.outcome === 'conflict';
  const title = recordLabel(record);
  const body = html`${breadcrumb(admin)}
    <h1>${title}</h1>
    ${refused === null ? '' : problemNotice(fields, refused)}
    <div class="actions">${links(admin, { objectId, path, user })}</div>
    ${await relatedLinks(sequelize, admin, objectId)}
    ${await sourcePages({ model, objectId })}
    ${recordForm({
      admin,
      record,
      notes,
      context,
      isConflict,
      sent: refused?.sent ?? null,
      version:
        refused?.outcome === 'invalid' ? (formFields(request).get('updatedAt') ?? '') : recordVersion(record),
      csrf: mayEdit ? csrf : null,
      action: path,
      submit: `Save the ${admin.singular}`,
    })}
    ${notesForms(notes, context, { csrf, back: path })}`;
  const status = refused === null ? 200 : isConflict ? 409 : 422;
  return await sendPage(request, reply, { title, current: 'admin', body, status });
}

function hasSource({ said, suggestions }: FieldView): boolean {
  return said.length + suggestions.length > 0;
}

function links(
  admin: AdminModel,
  { objectId, path, user }: { objectId: string; path: string; user: User },
): Html {
  const model = admin.model.name;
  const [mayUndo, mayEdit, mayDelete] = [
    hasRole(user, 'editor'),
    hasRole(user, admin.editor),
    hasRole(user, 'admin'),
  ];
  return html`<a class="button" href="${recordPath({ model, objectId })}" data-key="o">${mayUndo ? 'History and undo' : 'History'}</a>
    ${mayEdit ? (admin.operations ?? []).map(({ path: part, label }) => html`<a class="button" href="${path}/${part}">${label}</a>`) : ''}
    ${mayDelete ? html`<a class="button" href="${path}/delete">Delete…</a>` : ''}`;
}
