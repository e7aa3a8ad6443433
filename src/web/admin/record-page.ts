import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Model, Sequelize } from 'sequelize';
import { jsonValue } from '../../audit/index.ts';
import { collectForeignKeys, loadLabels } from '../../audit/read/index.ts';
import type { User } from '../../records/user.ts';
import { hasRole } from '../../records/user.ts';
import { backTo } from '../back-to.ts';
import { csrfField } from '../csrf-field.ts';
import { formFields } from '../form-fields.ts';
import { type Html, html } from '../html.ts';
import { sendPage } from '../page.ts';
import type { PagePlugin } from '../page-options.ts';
import { recordPath } from '../review/entry-list.ts';
import { signedInUser } from '../sign-in/signed-in-user.ts';
import type { AdminModel } from './admin-model.ts';
import { breadcrumb } from './breadcrumb.ts';
import { type FieldNotes, fieldNotes } from './field-notes.ts';
import { findRecord } from './find-record.ts';
import { formFieldsOf } from './form-field.ts';
import { type NotesContext, notesForms } from './notes-list.ts';
import { problemNotice } from './problem-notice.ts';
import { recordForm } from './record-form.ts';
import { recordLabel } from './record-label.ts';
import { recordVersion } from './record-version.ts';
import { recordZone } from './record-zone.ts';
import { relatedLinks } from './related-links.ts';
import { type SavedRecord, saveRecord } from './save-record.ts';
import { sourcePages } from './source-pages.ts';

interface RecordRoute {
  Params: { id: string };
}

/** /admin/MODEL/:id: a record, as a form for who may edit it, with what is known of each of its values. */
export const recordPage =
  (admin: AdminModel): PagePlugin =>
  async (app, { database: { sequelize } }) => {
    const url = `/admin/${admin.path}/:id`;
    app.get<RecordRoute>(url, { config: { access: 'viewer' } }, async (request, reply) => {
      const record = await findRecord(admin, request.params.id);
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
      const record = await findRecord(admin, id);
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
  const notes = await fieldNotes(
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
    ${await sourcePages(admin, objectId)}
    ${recordForm({
      ...{ admin, record, notes, context, isConflict },
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

function hasSource({ said, suggestions }: FieldNotes): boolean {
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
