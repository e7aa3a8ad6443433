import { asOf, entryTable, type LogEntryRow, type RecordedValues } from '../../../audit/read/index.ts';
import { HotspotsError } from '../../../errors.ts';
import { hasRole } from '../../../records/index.ts';
import {
  absentThen,
  goneSentence,
  labelsAndVerdicts,
  type RecordView,
  readRecord,
} from '../../../runs/index.ts';
import { counted, quoted } from '../../../text.ts';
import { releaseField } from '../../../write-policy/index.ts';
import { queryOf } from '../../filter-form.ts';
import { csrfField, formFields, type Html, html, timeElement, value } from '../../html.ts';
import { type PagePlugin, sendPage } from '../../page.ts';
import { backTo } from '../../redirect.ts';
import { signedInUser } from '../account/sessions.ts';
import { adminModels } from '../admin/admin-models.ts';
import { entryList, recordPath } from './entry-list.ts';
import { sourcePages } from './source-pages.ts';

/** Entries that can be chosen to see the record as it was. */
const mostEntries = 200;
/** Entries that the history shows. */
const mostListed = 50;

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
      const record = await readRecord(sequelize, { model, objectId: id }, { limit: mostEntries });
      if (record === null) {
        throw new HotspotsError(
          'CHANGE_UNKNOWN',
          `The log has no change of a ${quoted(model)} with the id ${quoted(id)}.`,
        );
      }
      const { entries, next, state, label } = record;
      const asked = queryOf(request).get('at');
      // As of the newest entry is now.
      const [newest, ...older] = entries;
      const chosen = older.find((entry) => entry.id === asked) ?? null;
      const then =
        chosen === null ? null : await asOf(sequelize, { model, id: { id } }, { entryId: chosen.id });
      const listed = entries.slice(0, mostListed);
      const admin = adminModels.find((known) => known.model.name === model);
      const mayRelease = hasRole(signedInUser(request), 'editor');
      const body = html`<h1>${model} “${label}”</h1>
      <p class="lead">${goneSentence(state) ?? ''} ${counted(entries.length, 'change')}${next === null ? '' : ' or more'}.
        ${state.kind !== 'present' || admin === undefined ? '' : html`<a href="/admin/${admin.path}/${id}">Its page in Admin</a>`}</p>
      ${slider(entries, chosen ?? newest)}
      ${valueTable(record, { then, chosen, csrf: mayRelease ? csrfField(reply) : null })}
      ${openDecisions(record)}
      ${await sourcePages(record)}
      <h2>History</h2>
      ${entryList(listed, await labelsAndVerdicts(sequelize, listed))}
      ${entries.length > mostListed ? html`<p><a href="/review/changes?${new URLSearchParams({ model, object: id }).toString()}">All changes of this record</a></p>` : ''}`;
      return sendPage(request, reply, { title: `${model} ${label}`, current: 'changes', body });
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
function slider(entries: readonly LogEntryRow[], chosen: LogEntryRow | undefined): Html {
  if (chosen === undefined || entries.length < 2) return html``;
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
    <button>Show</button>
  </form>`;
}

interface Chosen {
  /** The entry whose moment is shown beside now; null for now alone. */
  readonly chosen: LogEntryRow | null;
  /** The values after it; null when there was no record. */
  readonly then: RecordedValues | null;
  /** For who may let scrapers write a field again; null for who may not. */
  readonly csrf: Html | null;
}

function valueTable(record: RecordView, { chosen, then, csrf }: Chosen): Html {
  const { model, objectId, state } = record;
  const present = state.kind === 'present' ? state.values : null;
  if (present === null && then === null) return chosen === null ? html`` : html`<p>${absentThen}</p>`;
  const fields = [...new Set([...Object.keys(present ?? {}), ...Object.keys(then ?? {})])].sort();
  const text = (values: RecordedValues | null, field: string) => {
    const [row] = entryTable(
      { model, changes: { [field]: [null, values?.[field] ?? null] } },
      { limit: 500, timeZone: 'UTC' },
    );
    return row?.kind === 'value' ? row.new : '(empty)';
  };
  return html`<table>
    <caption>${chosen === null ? 'Its values' : html`Its values as of ${timeElement(chosen.timestamp)}, and now`}</caption>
    <thead><tr><th scope="col">Field</th>${chosen === null ? '' : html`<th scope="col">Then</th>`}<th scope="col">Now</th>
      <th scope="col" class="roomy">Written by</th>${csrf === null ? '' : html`<th scope="col" class="roomy">Scrapers</th>`}</tr></thead>
    <tbody>${fields.map((field) => {
      const known = record.fields.get(field);
      const [before, now] = [text(then, field), text(present, field)];
      const differs = chosen !== null && before !== now;
      return html`<tr>
        <th scope="row" class="word">${field}</th>
        ${chosen === null ? '' : html`<td data-label="Then">${value(before, differs ? 'was' : 'plain')}</td>`}
        <td data-label="Now">${value(now, differs ? 'now' : 'plain')}</td>
        <td data-label="Written by">${known?.author ? html`<a href="/review/changes/${known.author.entryId}">${known.author.email}</a>` : ''}</td>
        ${csrf === null ? '' : html`<td>${known?.isGuarded ? releaseForm({ model, objectId }, field, csrf) : ''}</td>`}
      </tr>`;
    })}</tbody>
  </table>`;
}

function releaseForm(record: { model: string; objectId: string }, field: string, csrf: Html): Html {
  return html`<form class="inline" method="post" action="${recordPath(record)}/release">${csrf}
    <input type="hidden" name="field" value="${field}" /><button class="quiet">Let scrapers write ${field} again</button></form>`;
}

function openDecisions({ model, objectId, suggestions, holds }: RecordView): Html {
  if (suggestions.length + holds.length === 0) return html``;
  const query = new URLSearchParams({ model, object: objectId }).toString();
  return html`<ul>
    ${suggestions.length > 0 ? html`<li><a href="/review/suggestions?${query}">${counted(suggestions.length, 'suggestion')}</a> by sources</li>` : ''}
    ${holds.length > 0 ? html`<li><a href="/review/holds?${query}">${counted(holds.length, 'value')} held back</a></li>` : ''}
  </ul>`;
}
