import { type Html, html } from '../html.ts';
import type { FormField } from './form-field.ts';
import { matchName } from './read-form.ts';
import type { ReferenceMatch } from './resolve-reference.ts';

export interface FieldInput {
  /** The id of the control, which its label names. */
  readonly id: string;
  /** What stands in it. */
  readonly text: string;
  /** Ids of what describes it: help and problem. */
  readonly describedBy: string;
  readonly hasProblem: boolean;
  /** The records that the text of a foreign key may mean. */
  readonly matches: readonly ReferenceMatch[];
}

const mostRows = 12;

/** The control in which a field is written. */
export function fieldInput(field: FormField, input: FieldInput): Html {
  const { name, kind, choices } = field;
  const { id, text } = input;
  const described = html`${input.describedBy === '' ? '' : html`aria-describedby="${input.describedBy}"`} ${input.hasProblem ? html`aria-invalid="true"` : ''}`;
  const length = field.maxLength === undefined ? '' : html`maxlength="${field.maxLength}"`;
  const attributes = html`id="${id}" name="${name}" ${described}`;
  if (kind === 'list' && choices !== undefined) return checkboxes(field, choices, input);
  if (kind === 'yesOrNo') return select(attributes, ['yes', 'no'], field, text);
  if (choices !== undefined) return select(attributes, choices, field, text);
  if (kind === 'list' || kind === 'json' || field.isLong === true) {
    const rows = Math.min(mostRows, Math.max(field.isLong ? 4 : 2, text.split('\n').length + 1));
    // HTML drops the first line break of a text area.
    return html`<textarea ${attributes} ${length} rows="${rows}">${`\n${text}`}</textarea>`;
  }
  switch (kind) {
    case 'moment':
      return html`<input type="datetime-local" step="any" ${attributes} value="${text}" />`;
    case 'timeOfDay':
      return html`<input type="time" step="any" ${attributes} value="${text}" />`;
    case 'integer':
    case 'number':
    case 'decimal':
      return html`<input inputmode="${kind === 'integer' ? 'numeric' : 'decimal'}" class="short" ${attributes} value="${text}" />`;
    case 'reference':
      return html`<input ${attributes} value="${text}" autocomplete="off" />${input.matches.length === 0 ? '' : matchList(field, input.matches)}`;
    default:
      return html`<input ${attributes} ${length} value="${text}" />`;
  }
}

function select(attributes: Html, choices: readonly string[], { isNullable }: FormField, text: string): Html {
  // A value that is none of the choices is shown too: what was scraped once may be.
  const options = text === '' || choices.includes(text) ? choices : [text, ...choices];
  return html`<select ${attributes}>
    ${isNullable || text === '' ? html`<option value="">not known</option>` : ''}
    ${options.map((each) => html`<option value="${each}" ${each === text ? html`selected` : ''}>${each}</option>`)}
  </select>`;
}

function checkboxes({ name, label }: FormField, choices: readonly string[], { id, text }: FieldInput): Html {
  const ticked = text.split('\n');
  return html`<span class="choices" role="group" id="${id}" tabindex="-1" aria-label="${label}"><input type="hidden" name="${name}" value="" />
    ${choices.map(
      (each) =>
        html`<label><input type="checkbox" name="${name}" value="${each}" ${ticked.includes(each) ? html`checked` : ''} /> ${each}</label>`,
    )}</span>`;
}

function matchList({ name, label }: FormField, matches: readonly ReferenceMatch[]): Html {
  return html`<select name="${matchName(name)}" aria-label="${label}: which of these">
    <option value="">Which of these?</option>
    ${matches.map((match) => html`<option value="${match.id}">${match.label} (${match.id})</option>`)}
  </select>`;
}
