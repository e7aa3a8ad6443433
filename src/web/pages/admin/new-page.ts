import type { FastifyReply, FastifyRequest } from 'fastify';
import { csrfField, formFields, html } from '../../html.ts';
import type { PagePlugin } from '../../page.ts';
import { sendPage } from '../../page.ts';
import { backTo } from '../../redirect.ts';
import type { AdminModel } from './admin-model.ts';
import { problemNotice, recordForm } from './form.ts';
import { formFieldsOf } from './form-field.ts';
import { breadcrumb } from './record-page.ts';
import { type SavedRecord, saveRecord } from './save-record.ts';

/** /admin/MODEL/new: the form of a new record. */
export const newPage =
  (admin: AdminModel): PagePlugin =>
  async (app, { database: { sequelize } }) => {
    const url = `/admin/${admin.path}/new`;
    const editors = { config: { access: admin.editor } };
    app.get(url, editors, (request, reply) => sendForm(request, reply, admin, null));

    app.post(url, editors, async (request, reply) => {
      const saved = await saveRecord(sequelize, admin, null, formFields(request));
      if (saved.outcome !== 'saved') return await sendForm(request, reply, admin, saved);
      return backTo(
        request,
        reply,
        `/admin/${admin.path}/${String(saved.record.get('id'))}`,
        `The ${admin.singular} was created.`,
      );
    });
  };

async function sendForm(
  request: FastifyRequest,
  reply: FastifyReply,
  admin: AdminModel,
  refused: Exclude<SavedRecord, { outcome: 'saved' }> | null,
): Promise<FastifyReply> {
  const title = `New ${admin.singular}`;
  const form = recordForm({
    admin,
    record: null,
    sent: refused?.sent ?? null,
    isConflict: false,
    version: '',
    notes: new Map(),
    context: { model: admin.model.name, objectId: '', mayDecide: false, mayRelease: false, options: {} },
    csrf: csrfField(reply),
    action: `/admin/${admin.path}/new`,
    submit: `Create the ${admin.singular}`,
  });
  return await sendPage(request, reply, {
    title,
    current: 'admin',
    status: refused === null ? 200 : 422,
    body: html`${breadcrumb(admin)}
      <h1>${title}</h1>
      ${refused === null ? '' : problemNotice(formFieldsOf(admin), refused)}
      ${form}`,
  });
}
