import { QueryTypes } from 'sequelize';
import { sqlName, tableKey } from '../../../audit/index.ts';
import { hasRole } from '../../../records/index.ts';
import { formatNumber } from '../../../text.ts';
import { html } from '../../html.ts';
import type { PagePlugin } from '../../page.ts';
import { sendPage } from '../../page.ts';
import { signedInUser } from '../account/sessions.ts';
import { adminModels } from './admin-models.ts';

/** GET /admin: what there is, and how much of it. */
export const overviewPage: PagePlugin = async (app, { database: { sequelize } }) => {
  app.get('/admin', { config: { access: 'viewer' } }, async (request, reply) => {
    const counts = adminModels.map(({ model }) => `(SELECT count(*)::int FROM ${sqlName(tableKey(model))})`);
    const [counted] = await sequelize.query<{ counts: number[] }>(
      `SELECT ARRAY[${counts.join(', ')}] AS counts`,
      {
        type: QueryTypes.SELECT,
      },
    );
    const user = signedInUser(request);
    const body = html`<h1>Admin</h1>
      <p class="lead">What the program keeps. Every change that is made here is recorded as yours, and can be undone.</p>
      <table>
        <caption class="hidden">Kinds of records</caption>
        <thead><tr><th scope="col">Kind</th><th scope="col" class="number">Records</th><th scope="col">New</th><th scope="col">Log</th></tr></thead>
        <tbody>${adminModels.map(
          ({ path, label, singular, editor, model }, index) => html`<tr data-row>
          <th scope="row"><a href="/admin/${path}" data-open>${label}</a></th>
          <td data-label="Records" class="number">${formatNumber(counted?.counts[index] ?? 0)}</td>
          <td>${hasRole(user, editor) ? html`<a href="/admin/${path}/new">New ${singular}</a>` : ''}</td>
          <td><a href="/review/changes?model=${model.name}">Changes of ${label.toLowerCase()}</a></td>
        </tr>`,
        )}</tbody>
      </table>
      <h2>More</h2>
      <ul>
        <li><a href="/admin/sources">Sources</a>: what is crawled, when it was last, and what waits for a decision</li>
        ${hasRole(user, 'admin') ? html`<li><a href="/users">Users</a>: who may sign in, and what they may do</li>` : ''}
        <li><a href="/review/changes">Log entries</a>, by kind of record, author, action and time; <a href="/review/changes?actor=${encodeURIComponent(user.email)}">yours</a>;
          <a href="/review/changes?since=24h">those of the last 24 hours</a></li>
      </ul>`;
    return sendPage(request, reply, { title: 'Admin', current: 'admin', body });
  });
};
