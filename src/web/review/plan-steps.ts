import { auditlog } from '../../audit/index.ts';
import { describeField, renderValue } from '../../audit/read/index.ts';
import type { UndoStep } from '../../audit/undo/index.ts';
import { value } from '../field-values.ts';
import { type Html, html } from '../html.ts';
import { recordPath } from './entry-list.ts';

const longestValue = 160;
const mostFields = 10;
const effects = { restore: '', recreate: 'returns: ', remove: 'is removed: ', none: '' } as const;

/** Records of a plan, with what happens to each or why it does not. */
export function stepRows(steps: readonly UndoStep[], show: 'changes' | 'conflicts'): Html {
  return html`<ol class="rows">${steps.map(
    (step) => html`<li class="row" data-row><div class="body">
      <a href="${recordPath(step)}" data-open>${step.model} ${step.objectLabel}</a>
      <ul class="changes">${show === 'conflicts' ? conflicts(step) : fields(step)}</ul>
    </div></li>`,
  )}</ol>`;
}

function conflicts(step: UndoStep): Html {
  return html`${step.conflicts.map(
    ({ message, entryId, field, value: present }) => html`<li>${message}
      ${field === null || present === null ? '' : html`It is ${shown(step, field, present, 'plain')} now.`}
      ${entryId === null ? '' : html`<a href="/review/changes/${entryId}">change ${entryId}</a>`}</li>`,
  )}`;
}

function fields(step: UndoStep): Html {
  const more = step.fields.length - mostFields;
  return html`${step.fields
    .slice(0, mostFields)
    .map(
      ({ field, now, was }) =>
        html`<li>${effects[step.kind]}${field}: ${step.kind === 'recreate' ? '' : html`${shown(step, field, now, 'was')} <span aria-hidden="true">→</span> `}${
          step.kind === 'remove' ? '' : shown(step, field, was, 'now')
        }</li>`,
    )}${more > 0 ? html`<li class="faint">and ${more} more</li>` : ''}`;
}

function shown(
  { model }: UndoStep,
  field: string,
  json: UndoStep['fields'][number]['now'],
  kind: 'was' | 'now' | 'plain',
): Html {
  const registration = auditlog.registrations().find(({ modelName }) => modelName === model);
  const description = describeField(registration, field);
  const text = renderValue(json, { model, field, description }, { timeZone: 'UTC' });
  return value(text.length > longestValue ? `${text.slice(0, longestValue)}…` : text, kind);
}
