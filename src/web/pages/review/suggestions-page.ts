import { z } from 'zod';
import { auditlog } from '../../../audit/index.ts';
import {
  entryTable,
  fieldAuthors,
  fieldKey,
  presentRecords,
  type RecordedValues,
} from '../../../audit/read/index.ts';
import { HotspotsError } from '../../../errors.ts';
import { isId } from '../../../ids.ts';
import { hasRole } from '../../../records/index.ts';
import { counted } from '../../../text.ts';
import {
  acceptSuggestions,
  dismissSuggestions,
  listSuggestions,
  type Suggestion,
} from '../../../write-policy/index.ts';
import { filterForm, queryOf, withQuery } from '../../filter-form.ts';
import {
  csrfField,
  formFields,
  type Html,
  html,
  noDefaultButton,
  outsideLink,
  timeElement,
  value,
} from '../../html.ts';
import type { PagePlugin } from '../../page.ts';
import { sendPage } from '../../page.ts';
import { backTo } from '../../redirect.ts';
import { signedInUser } from '../account/sessions.ts';
import { presentLabels, recordPath } from './entry-list.ts';
import { fieldRecordsFields, fieldRecordsFilter } from './holds-page.ts';

const pageSize = 50;
const mostAtOnce = 1000;
const decisions = ['accept', 'dismiss'] as const;
const decisionSchema = z.enum(decisions);

/** GET /review/suggestions: what sources say of fields that people wrote last. */
export const suggestionsPage: PagePlugin = async (app, { database: { sequelize } }) => {
  app.get('/review/suggestions', { config: { access: 'viewer' } }, async (request, reply) => {
    const query = queryOf(request);
    const { filter, page } = fieldRecordsFilter(query, pageSize);
    const { suggestions, next } = await listSuggestions(filter, page);
    const present = await presentValues(suggestions);
    const labelOf = await presentLabels(suggestions);
    const authors = await fieldAuthors(sequelize, suggestions);
    const mayDecide = hasRole(signedInUser(request), 'reviewer');
    const older = new URLSearchParams(query);
    older.set('before', next ?? '');
    const body = html`<h1>Suggestions</h1>
      <p class="lead">What sources say of fields that a person wrote last. The person’s value is kept until you accept the source’s.</p>
      ${filterForm('/review/suggestions', query, fieldRecordsFields)}
      ${
        suggestions.length === 0
          ? html`<p>Nothing is suggested.</p>`
          : html`<form method="post" action="/review/suggestions">
        ${csrfField(reply)}<input type="hidden" name="back" value="${withQuery('/review/suggestions', query)}" />
        ${
          mayDecide
            ? html`<p class="actions">${noDefaultButton}<span hidden><label><input type="checkbox" data-select-all /> All on this page</label></span>
          <span>Selected:</span>
          <button class="primary" name="decision" value="accept" data-key="g">Accept: write the source’s value</button>
          <button name="decision" value="dismiss" data-key="b">Dismiss: keep the person’s value</button></p>`
            : ''
        }
        <ol class="rows">${suggestions.map((suggestion) => {
          const key = fieldKey(suggestion);
          return row(suggestion, {
            label: labelOf(suggestion),
            present: present.get(key) ?? null,
            author: authors.get(key)?.actorEmail,
            mayDecide,
          });
        })}</ol>
      </form>`
      }
      ${next === null ? '' : html`<p><a class="button" href="${withQuery('/review/suggestions', older)}">Older</a></p>`}`;
    return sendPage(request, reply, { title: 'Suggestions', current: 'suggestions', body });
  });

  app.post('/review/suggestions', { config: { access: 'reviewer' } }, async (request, reply) => {
    const fields = formFields(request);
    const ids = [...new Set(fields.getAll('id'))];
    if (ids.length === 0 || ids.length > mostAtOnce || !ids.every((id) => isId(id)))
      throw new HotspotsError(
        'USAGE',
        `Select 1 to ${mostAtOnce} suggestions first; ${ids.length} were given.`,
      );
    const by = signedInUser(request);
    const decision = decisionSchema.safeParse(fields.get('decision'));
    if (!decision.success)
      throw new HotspotsError('USAGE', `A decision is one of ${decisions.join(', ')}. Nothing was done.`);
    if (decision.data === 'dismiss') {
      const count = await dismissSuggestions(ids, { by });
      return backTo(request, reply, '/review/suggestions', `${counted(count, 'suggestion')} dismissed.`);
    }
    const { accepted, refused } = await acceptSuggestions(sequelize, ids, { by });
    const problems = [...new Set(refused.map(({ message }) => message))].join(' ');
    const notice = `${counted(accepted, 'suggestion')} accepted.${refused.length > 0 ? ` ${counted(refused.length, 'suggestion')} not: ${problems}` : ''}`;
    return backTo(request, reply, '/review/suggestions', notice);
  });
};

async function presentValues(
  suggestions: readonly Suggestion[],
): Promise<Map<string, RecordedValues[string]>> {
  const found = new Map<string, RecordedValues[string]>();
  for (const [model, ofModel] of Map.groupBy(suggestions, ({ model: name }) => name)) {
    const registration = auditlog.registrations().find(({ modelName }) => modelName === model);
    if (registration === undefined) continue;
    const ids = [...new Set(ofModel.map(({ objectId }) => objectId))];
    const records = await presentRecords(registration, ids);
    for (const suggestion of ofModel)
      found.set(fieldKey(suggestion), records.get(suggestion.objectId)?.[suggestion.field] ?? null);
  }
  return found;
}

interface ShownSuggestion {
  label: string;
  present: RecordedValues[string];
  author: string | undefined;
  mayDecide: boolean;
}

function row(suggestion: Suggestion, { label, present, author, mayDecide }: ShownSuggestion): Html {
  const { id, model, field, sourceName, sourceUrl, lastSeenAt } = suggestion;
  const [shown] = entryTable(
    { model, changes: { [field]: [present, suggestion.value] } },
    { limit: 300, timeZone: 'UTC' },
  );
  const values = shown?.kind === 'value' ? shown : { name: field, old: '', new: '' };
  return html`<li class="row" id="suggestion-${id}" data-row>
    ${mayDecide ? html`<input type="checkbox" name="id" value="${id}" data-select aria-label="Select the suggestion for ${field} of ${label}" />` : html`<span></span>`}
    <div class="body">
      <a href="${recordPath(suggestion)}" data-open>${model} ${label}</a>
      <ul class="changes"><li>${values.name}: ${value(values.old, 'was')} <span aria-hidden="true">→</span> ${value(values.new, 'now')}</li></ul>
      <p class="meta">now by ${author ?? 'an unknown author'}; ${sourceName} says so since ${timeElement(suggestion.firstSeenAt)}, last ${timeElement(lastSeenAt)}, on ${outsideLink(sourceUrl)}</p>
    </div>
  </li>`;
}
