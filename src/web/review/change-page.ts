import { isDeepStrictEqual } from 'node:util';
import { auditlog } from '../../audit/auditlog.ts';
import { type EntryTableRow, entryTable } from '../../audit/reading/entry-table.ts';
import { fieldAuthors, fieldKey } from '../../audit/reading/field-authors.ts';
import { readChanges } from '../../audit/reading/field-change.ts';
import { history } from '../../audit/reading/history.ts';
import { type LogEntryRow, readLogEntries } from '../../audit/reading/log-entry-row.ts';
import type { RecordedValues } from '../../audit/reading/replay.ts';
import { presentRecords } from '../../audit/undo/present-records.ts';
import { HotspotsError } from '../../errors.ts';
import { hasRole } from '../../models/has-role.ts';
import { verdictsOf } from '../../review/verdicts-of.ts';
import { csrfField } from '../csrf-field.ts';
import { type Html, html } from '../html.ts';
import { sendPage } from '../page.ts';
import type { PagePlugin } from '../page-options.ts';
import { signedInUser } from '../sign-in/signed-in-user.ts';
import { actionWords, entryList, entryListContext, recordPath } from './entry-list.ts';
import { fieldChange, value, wordDifference } from './field-values.ts';
import { moment, outsideLink } from './show.ts';
import { verdictBadge } from './verdict-forms.ts';

const historySize = 10;

/** GET /review/changes/:id: one change, what became of it since, and the history around it. */
export const changePage: PagePlugin = async (app, { database: { sequelize } }) => {
  app.get<{ Params: { id: string } }>(
    '/review/changes/:id',
    { config: { access: 'viewer' } },
    async (request, reply) => {
      const { id } = request.params;
      const [entry] = /^[1-9]\d{0,17}$/.test(id) ? await readLogEntries(sequelize, [id]) : [];
      if (entry === undefined)
        throw new HotspotsError('CHANGE_UNKNOWN', `There is no change ${JSON.stringify(id.slice(0, 40))}.`);
      const user = signedInUser(request);
      const may = { judge: hasRole(user, 'reviewer'), undo: hasRole(user, 'editor') };
      const around = await history(
        sequelize,
        { model: entry.model, id: { id: entry.objectId } },
        { limit: 500 },
      );
      const context = await entryListContext(sequelize, [entry, ...around.entries.slice(0, historySize)]);
      const since = await changedSince(entry);
      const authors = await fieldAuthors(
        sequelize,
        [...since.keys()].map((field) => ({ ...entry, field })),
      );
      const rows = entryTable(entry, { ...context.options, limit: -1 });
      const nowShown = new Map(
        entryTable(
          {
            model: entry.model,
            changes: Object.fromEntries([...since].map(([field, now]) => [field, [null, now]])),
          },
          {
            ...context.options,
            limit: -1,
          },
        ).map((row) => [row.field, row.kind === 'value' ? row.new : '']),
      );
      const verdicts = await verdictsOf(sequelize, { entryId: entry.id });
      const csrf = csrfField(reply);
      const body = html`<h1>${entry.model} “${entry.objectLabel}” ${actionWords[entry.action]}</h1>
        <dl class="facts">
          <dt>Record</dt><dd><a href="${recordPath(entry)}" data-key="o">${entry.model} ${entry.objectId}, history</a></dd>
          <dt>By</dt><dd>${entry.actorEmail}</dd>
          <dt>When</dt><dd>${moment(entry.timestamp)}</dd>
          ${entry.runId === null ? '' : html`<dt>Run</dt><dd><a href="/review/runs/${entry.runId}">run ${entry.runId}</a></dd>`}
          ${entry.sourceUrl === null ? '' : html`<dt>From the page</dt><dd>${outsideLink(entry.sourceUrl)}</dd>`}
          ${entry.remoteAddress === null ? '' : html`<dt>Sent from</dt><dd>${entry.remoteAddress}</dd>`}
          <dt>Verdict</dt><dd>${verdictBadge(context.verdicts.get(entry.id) ?? null)}${verdicts
            .slice(0, 1)
            .map(
              ({ givenByEmail, note }) => html` by ${givenByEmail}${note === null ? '' : `: ${note}`}`,
            )}</dd>
        </dl>
        ${gapNotice(entry, around.entries)}
        <form method="post" action="/review/plans">
          ${csrf}<input type="hidden" name="id" value="${entry.id}" />
          <table>
            <caption class="hidden">Fields that this change wrote</caption>
            <thead><tr>
              ${may.undo && entry.action === 'update' ? html`<th scope="col">Undo</th>` : ''}
              <th scope="col">Field</th><th scope="col">Was</th><th scope="col">Now</th><th scope="col">Since then</th>
            </tr></thead>
            <tbody>${rows.map(
              (row) => html`<tr>
              ${
                may.undo && entry.action === 'update'
                  ? html`<td><input type="checkbox" name="fields" value="${row.field}" aria-label="Undo ${row.name}" /></td>`
                  : ''
              }
              <th scope="row">${row.name}</th>
              ${wasAndNow(row, entry.action)}
              <td data-label="Since then">${
                since.has(row.field)
                  ? html`${value(nowShown.get(row.field) ?? '', 'plain')} <span class="faint">by ${
                      authors.get(fieldKey({ ...entry, field: row.field }))?.actorEmail ??
                      'nobody that the log knows'
                    }</span>`
                  : html`<span class="faint">unchanged</span>`
              }</td>
            </tr>`,
            )}</tbody>
          </table>
          ${may.undo && rows.length > 0 ? undoButtons(entry) : ''}
        </form>
        ${
          may.judge
            ? html`<form class="actions" method="post" action="/review/changes/verdict">
          ${csrf}<input type="hidden" name="id" value="${entry.id}" /><input type="hidden" name="back" value="/review/changes/${entry.id}" />
          <label>Note <input name="note" maxlength="1000" /></label>
          <button name="verdict" value="good" data-key="g">Mark good</button>
          <button class="danger" name="verdict" value="bad" data-key="b">Mark bad</button>
          <button name="verdict" value="clear" data-key="u">Clear verdict</button>
        </form>`
            : ''
        }
        <h2>History of the record</h2>
        ${entryList(around.entries.slice(0, historySize), context)}
        ${around.entries.length > historySize ? html`<p><a href="${recordPath(entry)}">All of its history</a></p>` : ''}`;
      return sendPage(request, reply, { title: `Change ${entry.id}`, current: 'changes', body });
    },
  );
};

function wasAndNow(row: EntryTableRow, action: string): Html {
  const difference = wordDifference(row);
  if (difference !== null) return html`<td colspan="2" data-label="Difference">${difference}</td>`;
  if (row.kind !== 'value') return html`<td colspan="2">${fieldChange(row, action)}</td>`;
  return html`<td data-label="Was">${value(row.old, 'was')}</td><td data-label="Now">${value(row.new, 'now')}</td>`;
}

function undoButtons({ action }: LogEntryRow): Html {
  if (action === 'update') {
    return html`<p class="actions">
      <button class="primary" data-key="z">Undo the ticked fields, or all when none is ticked…</button>
    </p>`;
  }
  return html`<p class="actions"><button class="danger" data-key="z">${
    action === 'create' ? 'Undo: remove this record…' : 'Undo: bring this record back…'
  }</button></p>`;
}

/** The fields that hold something else by now, and what. Empty for a record that is gone. */
async function changedSince({
  model,
  objectId,
  changes,
}: LogEntryRow): Promise<Map<string, RecordedValues[string]>> {
  const registration = auditlog.registrations().find(({ modelName }) => modelName === model);
  const present =
    registration === undefined ? undefined : (await presentRecords(registration, [objectId])).get(objectId);
  if (present === undefined || registration === undefined) return new Map();
  return new Map(
    readChanges(changes).flatMap((change) => {
      const now = present[change.field];
      const isOther = change.kind === 'value' && now !== undefined && !isDeepStrictEqual(now, change.new);
      return isOther && !registration.masked.has(change.field) ? [[change.field, now] as const] : [];
    }),
  );
}

/** A value that was not what the change before had written was changed past the log. */
function gapNotice(entry: LogEntryRow, around: readonly LogEntryRow[]): Html {
  const earlier = around.slice(around.findIndex(({ id }) => id === entry.id) + 1);
  const gaps = readChanges(entry.changes).flatMap((change) => {
    if (change.kind !== 'value' || entry.action === 'create') return [];
    const before = earlier.find(({ changes }) => Object.hasOwn(changes, change.field))?.changes[change.field];
    const isGap = Array.isArray(before) && !isDeepStrictEqual(before[1], change.old);
    return isGap ? change.field : [];
  });
  if (gaps.length === 0) return html``;
  return html`<p class="problem">${gaps.join(', ')}: changed outside the program before this change; the log does not know by whom.</p>`;
}
