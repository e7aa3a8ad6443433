import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Model, Sequelize } from 'sequelize';
import { databaseErrorCode } from '../../../database/retry-transaction.ts';
import { sourceKeys } from '../../../records/index.ts';
import { formatNumber } from '../../../text.ts';
import { csrfField, type Html, html } from '../../html.ts';
import type { PagePlugin } from '../../page.ts';
import { sendPage } from '../../page.ts';
import { backTo } from '../../redirect.ts';
import { recordPath } from '../review/entry-list.ts';
import { sourcePages } from '../review/source-pages.ts';
import type { AdminModel } from './admin-model.ts';
import { adminModels } from './admin-models.ts';
import { type PointingRecords, pointingRecords } from './pointing-records.ts';
import { breadcrumb } from './record-page.ts';
import { recordLabel } from './reference-link.ts';
import { findRecord } from './save-record.ts';

interface RecordRoute {
  Params: { id: string };
}

const admins = { config: { access: 'admin' } } as const;

/** /admin/MODEL/:id/delete: asks whether a record is really to be deleted, and says what points to it. */
export const deletePage =
  (admin: AdminModel): PagePlugin =>
  async (app, { database: { sequelize } }) => {
    const url = `/admin/${admin.path}/:id/delete`;
    app.get<RecordRoute>(url, admins, async (request, reply) => {
      const record = await findRecord(sequelize, admin, request.params.id);
      return await sendConfirmation(request, reply, { sequelize, admin, record, wasRefused: false });
    });

    app.post<RecordRoute>(url, admins, async (request, reply) => {
      const { id } = request.params;
      try {
        const label = await sequelize.transaction(async (transaction) => {
          const record = await findRecord(sequelize, admin, id, transaction);
          await record.destroy({ transaction });
          return recordLabel(record);
        });
        const history = recordPath({ model: admin.model.name, objectId: id });
        return backTo(request, reply, history, `${label} was deleted. Its last change can be undone.`);
      } catch (error) {
        // A row that points to it stands in the way.
        if (databaseErrorCode(error) !== '23503') throw error;
        const record = await findRecord(sequelize, admin, id);
        return await sendConfirmation(request, reply, { sequelize, admin, record, wasRefused: true });
      }
    });
  };

interface Confirmation {
  sequelize: Sequelize;
  admin: AdminModel;
  record: Model;
  wasRefused: boolean;
}

async function sendConfirmation(
  request: FastifyRequest,
  reply: FastifyReply,
  { sequelize, admin, record, wasRefused }: Confirmation,
): Promise<FastifyReply> {
  const id = String(record.get('id'));
  const label = recordLabel(record);
  const pointing = (await pointingRecords(sequelize, admin.model, id)).filter(({ count }) => count > 0);
  const isBlocked = pointing.some(({ onDelete }) => onDelete === 'refuse');
  const body = html`${breadcrumb(admin, { href: `/admin/${admin.path}/${id}`, label })}
    <h1>Delete ${label}?</h1>
    ${wasRefused ? html`<p class="problem" role="alert">It was not deleted: something points to it.</p>` : ''}
    ${
      pointing.length === 0
        ? html`<p>Nothing points to it.</p>`
        : html`<p>What points to it:</p><ul>${pointing.map((each) => html`<li>${pointer(each, id)}</li>`)}</ul>`
    }
    ${await sourcePages({ model: admin.model.name, objectId: id })}
    ${
      isBlocked
        ? html`<p>It cannot be deleted while records point to it. Delete or move those first${
            admin.operations?.some(({ path }) => path === 'merge') ? ', or merge it into another one' : ''
          }.</p>`
        : html`<p>The deletion is recorded as yours, and can be undone from its history.${
            sourceKeys[admin.model.name] === undefined
              ? ''
              : ' A source that shows it does not make it again.'
          }</p>
      <form class="actions" method="post" action="/admin/${admin.path}/${id}/delete">
        ${csrfField(reply)}<button class="danger">Delete the ${admin.singular}</button>
      </form>`
    }
    <p><a href="/admin/${admin.path}/${id}">Back, without deleting it</a></p>`;
  const status = wasRefused ? 409 : 200;
  return await sendPage(request, reply, { title: `Delete ${label}?`, current: 'admin', body, status });
}

const consequences = {
  refuse: 'they stand in the way',
  delete: 'they are deleted with it',
  empty: 'they stay, and point to nothing',
} as const;

function pointer({ table, model, field, count, onDelete }: PointingRecords, id: string): Html {
  const admin = adminModels.find((known) => known.model.name === model);
  const what = `${admin?.label ?? model ?? table.replaceAll('_', ' ')}: ${formatNumber(count)}`;
  const named =
    admin === undefined || field === null
      ? what
      : html`<a href="/admin/${admin.path}?${field}=${id}">${what}</a>`;
  return html`${named}; ${consequences[onDelete]}`;
}
