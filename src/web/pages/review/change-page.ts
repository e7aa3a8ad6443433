import type { JsonValue } from '../../../audit/index.ts';
import {
  changedSince,
  type EntryTableRow,
  entryTable,
  type FieldAuthor,
  fieldAuthors,
  fieldKey,
  history,
  type LogEntryRow,
  type RenderOptions,
  readLogEntries,
} from '../../../audit/read/index.ts';
import { HotspotsError } from '../../../errors.ts';
import { isId } from '../../../ids.ts';
import { hasRole } from '../../../records/user.ts';
import { reasonOf } from '../../../runs/log-context.ts';
import type { Verdict } from '../../../runs/run.ts';
import { type GivenVerdict, type VerdictWord, verdictsOf } from '../../../runs/verdicts.ts';
import {
  csrfField,
  fieldChange,
  type Html,
  html,
  moment,
  noDefaultButton,
  outsideLink,
  value,
  wordDifference,
} from '../../html.ts';
import { type PagePlugin, sendPage } from '../../page.ts';
import { signedInUser } from '../account/sessions.ts';
import { actionWords, entryList, entryListContext, gapNotice, recordPath } from './entry-list.ts';
import { verdictBadge } from './verdicts.ts';

export interface ChangeTable {
  entry: LogEntryRow;
  options: RenderOptions;
  /** Fields that hold something else by now, and what. */
  since: ReadonlyMap<string, JsonValue>;
  /** Who wrote those, by `fieldKey`. */
  authors: ReadonlyMap<string, FieldAuthor>;
  /** Whether the record was deleted after this change. */
  isGone: boolean;
  /** Fields that can be ticked to be undone. */
  undoable: ReadonlySet<string>;
}

/** What a change wrote, field by field, and what became of it. */
export function changeTable({ entry, options, since, authors, isGone, undoable }: ChangeTable): Html {
  const uncut = { ...options, limit: -1 };
  const now = entryTable({ model: entry.model, changes: fromNothing(since) }, uncut);
  const becameOf = (field: string): Html => {
    if (isGone) return html`<span class="faint">the record was deleted</span>`;
    if (!since.has(field)) return html`<span class="faint">unchanged</span>`;
    const shown = now.find((row) => row.field === field);
    const author = authors.get(fieldKey({ ...entry, field }))?.actorEmail;
    return html`${value(shown?.kind === 'value' ? shown.new : '', 'plain')} <span class="faint">by ${author ?? 'nobody that the log knows'}</span>`;
  };
  const hasBoxes = undoable.size > 0;
  return html`<table>
    <caption class="hidden">Fields that this change wrote</caption>
    <thead><tr>
      ${hasBoxes ? html`<th scope="col">Undo</th>` : ''}
      <th scope="col">Field</th><th scope="col">Was</th><th scope="col">Now</th><th scope="col">Since then</th>
    </tr></thead>
    <tbody>${entryTable(entry, uncut).map(
      (row) => html`<tr>
      ${hasBoxes ? html`<td>${undoable.has(row.field) ? checkbox(row) : ''}</td>` : ''}
      <th scope="row" class="word">${row.name}</th>
      ${wasAndNow(row, entry.action)}
      <td data-label="Since then">${becameOf(row.field)}</td>
    </tr>`,
    )}</tbody>
  </table>`;
}

function fromNothing(values: ReadonlyMap<string, JsonValue>): Record<string, [null, JsonValue]> {
  return Object.fromEntries([...values].map(([field, now]) => [field, [null, now]]));
}

function checkbox({ field, name }: EntryTableRow): Html {
  return html`<input type="checkbox" name="fields" value="${field}" aria-label="Undo ${name}" />`;
}

function wasAndNow(row: EntryTableRow, action: string): Html {
  const difference = wordDifference(row);
  if (difference !== null) return html`<td colspan="2" data-label="Difference">${difference}</td>`;
  if (row.kind !== 'value') return html`<td colspan="2">${fieldChange(row, action)}</td>`;
  return html`<td data-label="Was">${value(row.old, 'was')}</td><td data-label="Now">${value(row.new, 'now')}</td>`;
}

const historySize = 10;
/** How far back a field's earlier value is looked for. */
const mostEarlier = 100;

/** GET /review/changes/:id: one change, what became of it since, and the history around it. */
export const changePage: PagePlugin = async (app, { database: { sequelize } }) => {
  app.get<{ Params: { id: string } }>(
    '/review/changes/:id',
    { config: { access: 'viewer' } },
    async (request, reply) => {
      const { id } = request.params;
      const [entry] = isId(id) ? await readLogEntries(sequelize, [id]) : [];
      if (entry === undefined)
        throw new HotspotsError('CHANGE_UNKNOWN', `There is no change ${JSON.stringify(id.slice(0, 40))}.`);
      const user = signedInUser(request);
      const may = { judge: hasRole(user, 'reviewer'), undo: hasRole(user, 'editor') };
      const record = { model: entry.model, id: { id: entry.objectId } };
      const [newest, earlier, since, verdicts] = await Promise.all([
        history(sequelize, record, { limit: historySize }),
        history(sequelize, record, { limit: mostEarlier, before: entry.id }),
        changedSince(entry),
        verdictsOf(sequelize, { entryId: entry.id }),
      ]);
      const context = await entryListContext(sequelize, [entry, ...newest.entries]);
      const authors = await fieldAuthors(
        sequelize,
        [...since.keys()].map((field) => ({ ...entry, field })),
      );
      const last = newest.entries[0];
      const isGone = last?.action === 'delete' && last.id !== entry.id;
      const undo = undoOf(entry, { since, isGone, isLast: last?.id === entry.id });
      const csrf = csrfField(reply);
      const reason = reasonOf(entry);
      const body = html`<h1>${entry.model} “${entry.objectLabel}” ${actionWords[entry.action]}</h1>
        <dl class="facts">
          <dt>Record</dt><dd><a href="${recordPath(entry)}" data-key="o">${entry.model} ${entry.objectId}, history</a></dd>
          <dt>By</dt><dd>${entry.actorEmail}</dd>
          <dt>When</dt><dd>${moment(entry.timestamp)}</dd>
          ${reason === null ? '' : html`<dt>Why</dt><dd>${reason}</dd>`}
          ${entry.runId === null ? '' : html`<dt>Run</dt><dd><a href="/review/runs/${entry.runId}">run ${entry.runId}</a></dd>`}
          ${entry.sourceUrl === null ? '' : html`<dt>From the page</dt><dd>${outsideLink(entry.sourceUrl)}</dd>`}
          ${entry.remoteAddress === null ? '' : html`<dt>Sent from</dt><dd>${entry.remoteAddress}</dd>`}
          <dt>Verdict</dt><dd>${verdictLine(context.verdicts.get(entry.id) ?? null, verdicts[0])}</dd>
        </dl>
        ${gapNotice(entry, earlier.entries)}
        <form method="post" action="/review/plans">
          ${csrf}<input type="hidden" name="id" value="${entry.id}" />
          ${changeTable({ entry, options: context.options, since, authors, isGone, undoable: may.undo ? undo.fields : new Set() })}
          ${may.undo ? undo.button : ''}
        </form>
        ${may.judge ? verdictButtons(entry, csrf, verdicts[0]?.verdict) : ''}
        <h2>History of the record</h2>
        ${entryList(newest.entries, context)}
        ${newest.next !== null ? html`<p><a href="${recordPath(entry)}">All of its history</a></p>` : ''}`;
      return sendPage(request, reply, { title: `Change ${entry.id}`, current: 'changes', body });
    },
  );
};

/** A change that was not judged itself has the verdict of its run. */
function verdictLine(verdict: Verdict | null, own: GivenVerdict | undefined): Html {
  if (verdict === null || own === undefined || own.verdict === 'clear')
    return html`${verdictBadge(verdict)}${verdict === null ? '' : ', as its run'}`;
  return html`${verdictBadge(verdict)} by ${own.givenByEmail}${own.note === null ? '' : `: ${own.note}`}`;
}

/** What of a change can be undone, as far as can be seen here; the plan looks again. */
function undoOf(
  entry: LogEntryRow,
  { since, isGone, isLast }: { since: ReadonlyMap<string, unknown>; isGone: boolean; isLast: boolean },
): { fields: ReadonlySet<string>; button: Html } {
  const none = new Set<string>();
  const button = (kind: string, label: string) =>
    html`<p class="actions"><button class="${kind}" data-key="z">${label}</button></p>`;
  switch (entry.action) {
    case 'create':
      return { fields: none, button: isGone ? html`` : button('danger', 'Undo: remove this record…') };
    case 'delete':
      return { fields: none, button: isLast ? button('danger', 'Undo: bring this record back…') : html`` };
    case 'update': {
      const fields = isGone ? none : new Set(Object.keys(entry.changes).filter((field) => !since.has(field)));
      return fields.size > 0
        ? { fields, button: button('primary', 'Undo the ticked fields, or all when none is ticked…') }
        : { fields, button: html`<p class="faint">Nothing of it is left to undo.</p>` };
    }
    default:
      return { fields: none, button: html`` };
  }
}

/** @param given the newest verdict on this change itself */
function verdictButtons({ id }: LogEntryRow, csrf: Html, given: VerdictWord | undefined): Html {
  return html`<form class="actions" method="post" action="/review/changes/verdict">
    ${noDefaultButton}${csrf}<input type="hidden" name="id" value="${id}" />
    <input type="hidden" name="back" value="/review/changes/${id}" />
    <label>Note <input name="note" maxlength="1000" /></label>
    ${given === 'good' ? '' : html`<button name="verdict" value="good" data-key="g">Mark good</button>`}
    ${given === 'bad' ? '' : html`<button class="danger" name="verdict" value="bad" data-key="b">Mark bad</button>`}
    ${
      given === undefined || given === 'clear'
        ? ''
        : html`<button name="verdict" value="clear" data-key="u">Clear verdict</button>`
    }
  </form>`;
}
