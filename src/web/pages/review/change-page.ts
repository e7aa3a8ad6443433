import type { JsonValue } from '../../../audit/index.ts';
import { type EntryTableRow, entryTable, type LogEntryRow } from '../../../audit/read/index.ts';
import { hasRole } from '../../../records/index.ts';
import {
  type ChangeView,
  type GivenVerdict,
  goneSentence,
  goneWords,
  nothingToUndo,
  readChange,
  type Undoable,
} from '../../../runs/index.ts';
import {
  csrfField,
  fieldChange,
  type Html,
  html,
  noDefaultButton,
  outsideLink,
  showWordDifference,
  timeElement,
  value,
} from '../../html.ts';
import { type PagePlugin, sendPage } from '../../page.ts';
import { signedInUser } from '../account/sessions.ts';
import { actionWords, entryList, listOptions, recordPath } from './entry-list.ts';
import { verdictBadge } from './verdicts.ts';

/** What a change wrote, field by field, and what became of it; with boxes for the fields that can be undone. */
function changeTable({ entry, labelOf, since, state, undoable }: ChangeView, mayUndo: boolean): Html {
  const uncut = { ...listOptions, labelOf, limit: -1 };
  const now = entryTable({ model: entry.model, changes: fromNothing(since) }, uncut);
  // A deletion is not news to itself.
  const gone = state.kind === 'deleted' && state.entry.id === entry.id ? null : goneWords(state);
  const becameOf = (field: string): Html => {
    const later = since.get(field);
    if (later === undefined) return html`<span class="faint">${gone ?? 'unchanged'}</span>`;
    const row = now.find((each) => each.field === field);
    return html`${value(row?.kind === 'value' ? row.new : '', 'plain')} <span class="faint">by ${later.author?.actorEmail ?? 'an unknown author'}</span>`;
  };
  const boxes = mayUndo && undoable.kind === 'fields' ? undoable.fields : new Set<string>();
  return html`<table>
    <caption class="hidden">Fields that this change wrote</caption>
    <thead><tr>
      ${boxes.size > 0 ? html`<th scope="col">Undo</th>` : ''}
      <th scope="col">Field</th><th scope="col">Was</th><th scope="col">Now</th><th scope="col">Since then</th>
    </tr></thead>
    <tbody>${entryTable(entry, uncut).map(
      (row) => html`<tr>
      ${boxes.size > 0 ? html`<td>${boxes.has(row.field) ? checkbox(row) : ''}</td>` : ''}
      <th scope="row" class="word">${row.name}</th>
      ${wasAndNow(row, entry.action)}
      <td data-label="Since then">${becameOf(row.field)}</td>
    </tr>`,
    )}</tbody>
  </table>`;
}

function fromNothing(since: ChangeView['since']): Record<string, [null, JsonValue]> {
  return Object.fromEntries([...since].map(([field, later]) => [field, [null, later.value]]));
}

function checkbox({ field, name }: EntryTableRow): Html {
  return html`<input type="checkbox" name="fields" value="${field}" aria-label="Undo ${name}" />`;
}

function wasAndNow(row: EntryTableRow, action: string): Html {
  const difference = showWordDifference(row);
  if (difference !== null) return html`<td colspan="2" data-label="Difference">${difference}</td>`;
  if (row.kind !== 'value') return html`<td colspan="2">${fieldChange(row, action)}</td>`;
  return html`<td data-label="Was">${value(row.old, 'was')}</td><td data-label="Now">${value(row.new, 'now')}</td>`;
}

/** GET /review/changes/:id: one change, what became of it since, and the history around it. */
export const changePage: PagePlugin = async (app, { database: { sequelize } }) => {
  app.get<{ Params: { id: string } }>(
    '/review/changes/:id',
    { config: { access: 'viewer' } },
    async (request, reply) => {
      const change = await readChange(sequelize, request.params.id);
      const { entry, history, reason, undoneByRunId } = change;
      const user = signedInUser(request);
      const may = { judge: hasRole(user, 'reviewer'), undo: hasRole(user, 'editor') };
      const csrf = csrfField(reply);
      const gone = goneSentence(change.state);
      const body = html`<h1>${entry.model} “${entry.objectLabel}” ${actionWords[entry.action]}</h1>
        <dl class="facts">
          <dt>Record</dt><dd><a href="${recordPath(entry)}" data-key="o">${entry.model} ${entry.objectId}, history</a>${gone === null ? '' : html` <span class="faint">${gone}</span>`}</dd>
          <dt>By</dt><dd>${entry.actorEmail}</dd>
          <dt>When</dt><dd>${timeElement(entry.timestamp)}</dd>
          ${reason === null ? '' : html`<dt>Why</dt><dd>${reason}</dd>`}
          ${entry.runId === null ? '' : html`<dt>Run</dt><dd>${runLink(entry.runId)}</dd>`}
          ${undoneByRunId === null ? '' : html`<dt>Undone</dt><dd>by ${runLink(undoneByRunId)}</dd>`}
          ${entry.sourceUrl === null ? '' : html`<dt>From the page</dt><dd>${outsideLink(entry.sourceUrl)}</dd>`}
          ${entry.remoteAddress === null ? '' : html`<dt>Sent from</dt><dd>${entry.remoteAddress}</dd>`}
          <dt>Verdict</dt><dd>${verdictLine(change)}</dd>
        </dl>
        ${gapNotice(change)}
        <form method="post" action="/review/plans">
          ${csrf}<input type="hidden" name="id" value="${entry.id}" />
          ${changeTable(change, may.undo)}
          ${may.undo ? undoButton(entry, change.undoable) : ''}
        </form>
        ${may.judge ? verdictButtons(entry, csrf, change.ownVerdict) : ''}
        <h2>History of the record</h2>
        ${entryList(history.entries, change)}
        ${history.next !== null ? html`<p><a href="${recordPath(entry)}">All of its history</a></p>` : ''}`;
      return sendPage(request, reply, { title: `Change ${entry.id}`, current: 'changes', body });
    },
  );
};

function runLink(id: string): Html {
  return html`<a href="/review/runs/${id}">run ${id}</a>`;
}

/** A change that was not judged itself has the verdict of its run. */
function verdictLine({ verdict, ownVerdict: own }: ChangeView): Html {
  if (own === null) return html`${verdictBadge(verdict)}${verdict === null ? '' : ', as its run'}`;
  return html`${verdictBadge(verdict)} by ${own.givenByEmail}${own.note === null ? '' : `: ${own.note}`}`;
}

function gapNotice({ gaps }: ChangeView): Html {
  if (gaps.length === 0) return html``;
  return html`<p class="problem">${gaps.join(', ')}: changed outside the audit log before this change; it is not known by whom.</p>`;
}

function undoButton({ action }: LogEntryRow, { kind }: Undoable): Html {
  const button = (style: string, label: string) =>
    html`<p class="actions"><button class="${style}" data-key="z">${label}</button></p>`;
  switch (kind) {
    case 'removeRecord':
      return button('danger', 'Undo: remove this record…');
    case 'restoreRecord':
      return button('danger', 'Undo: bring this record back…');
    case 'fields':
      return button('primary', 'Undo the ticked fields, or all when none is ticked…');
    case 'nothing':
      return action === 'access' ? html`` : html`<p class="faint">${nothingToUndo}</p>`;
  }
}

function verdictButtons({ id }: LogEntryRow, csrf: Html, own: GivenVerdict | null): Html {
  const given = own?.verdict;
  return html`<form class="actions" method="post" action="/review/changes/verdict">
    ${noDefaultButton}${csrf}<input type="hidden" name="id" value="${id}" />
    <input type="hidden" name="back" value="/review/changes/${id}" />
    <label>Note <input name="note" maxlength="1000" /></label>
    ${given === 'good' ? '' : html`<button name="verdict" value="good" data-key="g">Mark good</button>`}
    ${given === 'bad' ? '' : html`<button class="danger" name="verdict" value="bad" data-key="b">Mark bad</button>`}
    ${
      given === undefined
        ? ''
        : html`<button name="verdict" value="clear" data-key="u">Clear verdict</button>`
    }
  </form>`;
}
