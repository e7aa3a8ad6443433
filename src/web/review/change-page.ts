import {
  changedSince,
  fieldAuthors,
  history,
  type LogEntryRow,
  readLogEntries,
} from '../../audit/read/index.ts';
import { HotspotsError } from '../../errors.ts';
import { hasRole } from '../../records/user.ts';
import { reasonOf } from '../../runs/log-context.ts';
import type { Verdict } from '../../runs/run.ts';
import type { GivenVerdict, VerdictWord } from '../../runs/verdicts.ts';
import { verdictsOf } from '../../runs/verdicts.ts';
import { csrfField } from '../csrf-field.ts';
import { type Html, html } from '../html.ts';
import { noDefaultButton } from '../no-default-button.ts';
import { sendPage } from '../page.ts';
import type { PagePlugin } from '../page-options.ts';
import { moment, outsideLink } from '../show.ts';
import { signedInUser } from '../sign-in/signed-in-user.ts';
import { changeTable } from './change-table.ts';
import { actionWords, entryList, entryListContext, recordPath } from './entry-list.ts';
import { gapNotice } from './gap-notice.ts';
import { verdictBadge } from './verdict-forms.ts';

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
      const [entry] = /^[1-9]\d{0,17}$/.test(id) ? await readLogEntries(sequelize, [id]) : [];
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
