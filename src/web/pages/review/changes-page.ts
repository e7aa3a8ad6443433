import { auditlog, logActions } from '../../../audit/index.ts';
import { countLogEntries, filterFromQuery, findLogEntries, valuesOf } from '../../../audit/read/index.ts';
import { HotspotsError } from '../../../errors.ts';
import { isId } from '../../../ids.ts';
import { hasRole } from '../../../records/index.ts';
import { giveVerdict, labelsAndVerdicts, readingContext } from '../../../runs/index.ts';
import { counted, formatNumber } from '../../../text.ts';
import { type FilterField, filterForm, listLinks, queryOf, withQuery } from '../../filter-form.ts';
import { csrfField, formFields, type Html, html, noDefaultButton } from '../../html.ts';
import type { PagePlugin } from '../../page.ts';
import { sendPage } from '../../page.ts';
import { backTo } from '../../redirect.ts';
import { signedInUser } from '../account/sessions.ts';
import { entryList } from './entry-list.ts';
import { undoForm } from './undo.ts';
import { readVerdict } from './verdicts.ts';

const pageSize = 50;
const mostJudged = 1000;

/** GET /review/changes: changes by any filter. POST /review/changes/verdict: judges those that were selected. */
export const changesPage: PagePlugin = async (app, { database: { sequelize } }) => {
  app.get('/review/changes', { config: { access: 'viewer' } }, async (request, reply) => {
    const query = queryOf(request);
    const filter = filterFromQuery(query, { otherWords: ['before'] });
    const before = query.get('before');
    const context = readingContext();
    const [page, total] = await Promise.all([
      findLogEntries(
        sequelize,
        filter,
        { limit: pageSize, before: before === null || before === '' ? undefined : before },
        context,
      ),
      countLogEntries(sequelize, filter, 10_000, context),
    ]);
    const user = signedInUser(request);
    const csrf = csrfField(reply);
    const conditions = [...query].filter(([word, value]) => word !== 'before' && value !== '');
    const isFiltered = conditions.length > 0;
    const count = `${formatNumber(total.count)}${total.capped ? '+' : ''}`;
    const isOne = total.count === 1 && !total.capped;
    const may = { judge: hasRole(user, 'reviewer'), undo: hasRole(user, 'editor') };
    const rest = page.next === null ? '' : ' so far; older ones are on the next page';
    const body = html`<h1>Changes</h1>
      ${filterForm('/review/changes', query, filterFields())}
      <p class="lead">${
        page.entries.length === 0
          ? `No change matches${rest}.`
          : `${count} ${isOne ? 'change' : 'changes'}${isFiltered ? (isOne ? ' fits' : ' fit') : ''}, the newest first.`
      }</p>
      ${
        may.undo && isFiltered && page.entries.length > 0
          ? html`<div class="actions">${undoForm({ csrf, label: isOne ? 'Undo the matching change…' : `Undo all ${count} matching changes…`, fields: conditions, primary: true })}</div>`
          : ''
      }
      ${
        page.entries.length === 0
          ? ''
          : html`<form method="post" action="/review/changes/verdict">
        ${csrf}<input type="hidden" name="back" value="${withQuery('/review/changes', query)}" />
        ${may.judge || may.undo ? selectionBar(may) : ''}
        ${entryList(page.entries, await labelsAndVerdicts(sequelize, page.entries), { wanted: valuesOf(filter.field), selectable: may.judge || may.undo })}
      </form>`
      }
      ${listLinks('/review/changes', query, page.next)}`;
    return sendPage(request, reply, { title: 'Changes', current: 'changes', body });
  });

  app.post('/review/changes/verdict', { config: { access: 'reviewer' } }, async (request, reply) => {
    const fields = formFields(request);
    const ids = [...new Set(fields.getAll('id'))];
    if (ids.length === 0 || ids.length > mostJudged || !ids.every((id) => isId(id))) {
      throw new HotspotsError(
        'USAGE',
        `Select 1 to ${formatNumber(mostJudged)} changes first; ${ids.length === 0 ? 'none was selected' : `${formatNumber(ids.length)} were given`}.`,
      );
    }
    const { verdict, note } = readVerdict(fields);
    const by = signedInUser(request);
    await sequelize.transaction(async (transaction) => {
      for (const entryId of ids)
        await giveVerdict(sequelize, { entryId }, verdict, { by, note }, transaction);
    });
    const what = counted(ids.length, 'change');
    const said = verdict === 'clear' ? `${what} without verdict now.` : `${what} marked ${verdict}.`;
    return backTo(request, reply, '/review/changes', said);
  });
};

function filterFields(): readonly FilterField[] {
  return [
    { word: 'actor', label: 'Author’s e-mail' },
    { word: 'source', label: 'Source' },
    {
      word: 'model',
      label: 'Kind of record',
      choices: auditlog.registrations().map(({ modelName }) => modelName),
    },
    { word: 'field', label: 'Field', short: true },
    { word: 'action', label: 'Action', choices: logActions },
    { word: 'verdict', label: 'Verdict', choices: ['none', 'good', 'bad'] },
    { word: 'since', label: 'Since', short: true },
    { word: 'until', label: 'Until', short: true },
    { word: 'q', label: 'Text in a value' },
  ];
}

function selectionBar({ judge, undo }: { judge: boolean; undo: boolean }): Html {
  return html`<p class="actions">
    ${noDefaultButton}<span hidden><label><input type="checkbox" data-select-all /> All on this page</label></span>
    <span>Selected:</span>
    ${
      judge
        ? html`<button name="verdict" value="good" data-key="g">Mark good</button>
      <button class="danger" name="verdict" value="bad" data-key="b">Mark bad</button>
      <button name="verdict" value="clear" data-key="u">Clear verdict</button>`
        : ''
    }
    ${undo ? html`<button formaction="/review/plans">Undo selected…</button>` : ''}
  </p>`;
}
