import { auditlog } from '../../../audit/index.ts';
import {
  asOf,
  entryTable,
  fieldAuthors,
  fieldKey,
  history,
  type LogEntryRow,
  presentRecords,
  type RecordedValues,
} from '../../../audit/read/index.ts';
import { HotspotsError } from '../../../errors.ts';
import { hasRole } from '../../../records/user.ts';
import { counted, quoted } from '../../../text.ts';
import { isPerson } from '../../../write-policy/guard.ts';
import { Hold, Suggestion } from '../../../write-policy/models.ts';
import { releaseField } from '../../../write-policy/release.ts';
import { queryOf } from '../../filter-form.ts';
import { csrfField, formFields, type Html, html, moment, value } from '../../html.ts';
import type { PagePlugin } from '../../page.ts';
import { sendPage } from '../../page.ts';
import { backTo } from '../../redirect.ts';
import { signedInUser } from '../account/sessions.ts';
import { adminModels } from '../admin/admin-models.ts';
import { entryList, entryListContext, recordPath } from './entry-list.ts';

const mostEntries = 200;

interface RecordRoute {
  Params: { model: string; id: string };
}

/** GET /review/records/:model/:id: a record now, at any moment before, and how it came to be so. */
export const recordPage: PagePlugin = async (app, { database: { sequelize } }) => {
  app.get<RecordRoute>(
    '/review/records/:model/:id',
    { config: { access: 'viewer' } },
    async (request, reply) => {
      const { model, id } = request.params;
      const { entries, next } = await history(sequelize, { model, id: { id } }, { limit: mostEntries });
      const [newest] = entries;
      if (newest === undefined) {
        throw new HotspotsError(
          'CHANGE_UNKNOWN',
          `The log has no change of a ${quoted(model)} with the id ${quoted(id)}.`,
        );
      }
      const registration = auditlog.registrations().find(({ modelName }) => modelName === model);
      const present =
        registration === undefined ? null : ((await presentRecords(registration, [id])).get(id) ?? null);
      const asked = queryOf(request).get('at');
      const chosen = entries.find((entry) => entry.id === asked) ?? newest;
      const then =
        chosen === newest ? present : await asOf(sequelize, { model, id: { id } }, { entryId: chosen.id });
      const context = await entryListContext(sequelize, entries.slice(0, 50));
      const user = signedInUser(request);
      const mayRelease = hasRole(user, 'editor');
      const admin = adminModels.find((known) => known.model.name === model);
      const authors = await fieldAuthors(
        sequelize,
        Object.keys(present ?? {}).map((field) => ({ model, objectId: id, field })),
      );
      const body = html`<h1>${model} “${newest.objectLabel}”</h1>
      <p class="lead">${present === null ? 'It does not exist any more.' : ''} ${counted(entries.length, 'change')}${next === null ? '' : ' or more'}.
        ${present === null || admin === undefined ? '' : html`<a href="/admin/${admin.path}/${id}">Its page in Admin</a>`}</p>
      ${slider(entries, chosen)}
      ${valueTable({ model, id, present, then, chosen: chosen === newest ? null : chosen, authors, csrf: mayRelease ? csrfField(reply) : null })}
      ${await waitingFor(model, id)}
      <h2>History</h2>
      ${entryList(entries.slice(0, 50), context)}
      ${entries.length > 50 ? html`<p><a href="/review/changes?${new URLSearchParams({ model, object: id }).toString()}">All changes of this record</a></p>` : ''}`;
      return sendPage(request, reply, { title: `${model} ${newest.objectLabel}`, current: 'changes', body });
    },
  );

  app.post<RecordRoute>(
    '/review/records/:model/:id/release',
    { config: { access: 'editor' } },
    async (request, reply) => {
      const { model, id: objectId } = request.params;
      const field = formFields(request).get('field') ?? '';
      const by = signedInUser(request);
      const released = await releaseField(sequelize, { model, objectId, field }, { by });
      const notice = released
        ? `Scrapers may write ${field} again, until a person writes it once more.`
        : `No person wrote ${field}: scrapers may.`;
      return backTo(request, reply, recordPath({ model, objectId }), notice);
    },
  );
};

/** Works as a form with a button too; with a script, letting go of the slider is enough. */
function slider(entries: readonly LogEntryRow[], chosen: LogEntryRow): Html {
  if (entries.length < 2) return html``;
  const oldestFirst = entries.toReversed();
  return html`<form class="filters" method="get">
    <label>As of
      <select name="at">${oldestFirst.map(
        (entry, index) =>
          html`<option value="${entry.id}" ${entry === chosen ? html`selected` : ''}>${index + 1}. ${entry.timestamp.toISOString().slice(0, 19).replace('T', ' ')} ${entry.action} by ${entry.actorEmail}</option>`,
      )}</select>
    </label>
    <label hidden>Slide through its history
      <input type="range" min="0" max="${oldestFirst.length - 1}" value="${oldestFirst.indexOf(chosen)}" data-slides="at" />
    </label>
    <button>Show it then</button>
  </form>`;
}

interface ValueTable {
  model: string;
  id: string;
  present: RecordedValues | null;
  then: RecordedValues | null;
  /** Null for now. */
  chosen: LogEntryRow | null;
  authors: Awaited<ReturnType<typeof fieldAuthors>>;
  csrf: Html | null;
}

function valueTable({ model, id, present, then, chosen, authors, csrf }: ValueTable): Html {
  const fields = [...new Set([...Object.keys(present ?? {}), ...Object.keys(then ?? {})])].sort();
  const text = (values: RecordedValues | null, field: string) => {
    const [row] = entryTable(
      { model, changes: { [field]: [null, values?.[field] ?? null] } },
      { limit: 500, timeZone: 'UTC' },
    );
    return row?.kind === 'value' ? row.new : '(empty)';
  };
  if (present === null && then === null) return html`<p>It did not exist then.</p>`;
  return html`<table>
    <caption>${chosen === null ? 'Its values' : html`Its values as of ${moment(chosen.timestamp)}, and now`}</caption>
    <thead><tr><th scope="col">Field</th>${chosen === null ? '' : html`<th scope="col">Then</th>`}<th scope="col">Now</th>
      <th scope="col" class="roomy">Written by</th>${csrf === null ? '' : html`<th scope="col" class="roomy">Scrapers</th>`}</tr></thead>
    <tbody>${fields.map((field) => {
      const author = authors.get(fieldKey({ model, objectId: id, field }));
      const [before, now] = [text(then, field), text(present, field)];
      const differs = chosen !== null && before !== now;
      return html`<tr>
        <th scope="row" class="word">${field}</th>
        ${chosen === null ? '' : html`<td data-label="Then">${value(before, differs ? 'was' : 'plain')}</td>`}
        <td data-label="Now">${value(now, differs ? 'now' : 'plain')}</td>
        <td data-label="Written by">${author === undefined ? '' : html`<a href="/review/changes/${author.entryId}">${author.actorEmail}</a>`}</td>
        ${
          csrf === null
            ? ''
            : html`<td>${
                author !== undefined && isPerson(author.actorEmail)
                  ? html`<form class="inline" method="post" action="${recordPath({ model, objectId: id })}/release">${csrf}
            <input type="hidden" name="field" value="${field}" /><button class="quiet">Let scrapers write ${field} again</button></form>`
                  : ''
              }</td>`
        }
      </tr>`;
    })}</tbody>
  </table>`;
}

async function waitingFor(model: string, objectId: string): Promise<Html> {
  const [suggestions, holds] = await Promise.all([
    Suggestion.count({ where: { model, objectId, state: 'open' } }),
    Hold.count({ where: { model, objectId, releasedAt: null } }),
  ]);
  const query = `model=${encodeURIComponent(model)}&object=${encodeURIComponent(objectId)}`;
  if (suggestions + holds === 0) return html``;
  return html`<ul>
    ${suggestions > 0 ? html`<li><a href="/review/suggestions?${query}">${counted(suggestions, 'suggestion')}</a> by sources</li>` : ''}
    ${holds > 0 ? html`<li><a href="/review/holds?${query}">${counted(holds, 'value')} held back</a></li>` : ''}
  </ul>`;
}
