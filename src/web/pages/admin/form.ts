import type { Model } from 'sequelize';
import { jsonValue } from '../../../audit/index.ts';
import type { FieldView } from '../../../runs/index.ts';
import { type Html, html, recordedText, value } from '../../html.ts';
import type { AdminModel } from './admin-model.ts';
import { type FormField, formField } from './form-field.ts';
import { fieldText, recordZone, textMark } from './form-values.ts';
import { type NotesContext, notesList } from './notes.ts';
import { markName, matchName, type ReferenceMatch, type SentForm } from './read-form.ts';
import { referenceLink } from './reference-link.ts';
import { type SavedRecord, wholeRecord } from './save-record.ts';

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
  if (kind === 'flag') return select(attributes, ['yes', 'no'], field, text);
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
  // A value outside the choices is shown too: a scraped one may be.
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

/** Says at the top of a form why it was not taken, with links to the fields that it is about. */
export function problemNotice(
  fields: readonly FormField[],
  { outcome, sent }: Exclude<SavedRecord, { outcome: 'saved' }>,
): Html {
  const isConflict = outcome === 'conflict';
  const concerned = fields.filter(({ name }) => (isConflict ? sent.changed : sent.problems).has(name));
  const links = concerned.map(
    ({ name, label }, index) => html`${index === 0 ? '' : ', '}<a href="#field-${name}">${label}</a>`,
  );
  const why = isConflict
    ? html`Somebody else has changed this record since you opened it. Nothing was written.
      Fields that you did not touch show what is stored now; where you wrote something else, both values are shown. Look, and save again.`
    : html`Nothing was written. ${sent.problems.get(wholeRecord) ?? ''}`;
  const what = isConflict ? 'What you wrote' : 'Please check';
  return html`<div class="problem" role="alert"><p>${why}</p>
    ${links.length === 0 ? '' : html`<p>${what}: ${links}</p>`}</div>`;
}

export interface RecordForm {
  readonly admin: AdminModel;
  /** Null for a new one. */
  readonly record: Model | null;
  /** A form that was sent and not taken; null for one that is filled from the record. */
  readonly sent: SentForm | null;
  /** Whether the record was changed while the form was filled in. */
  readonly isConflict: boolean;
  /** The state of the record that the form is filled from; see `recordVersion`. */
  readonly version: string;
  readonly notes: ReadonlyMap<string, FieldView>;
  readonly context: NotesContext;
  /** Null for who may only look. */
  readonly csrf: Html | null;
  readonly action: string;
  readonly submit: string;
}

/** The form of a record, with what is known of each value beside its field; for who may only look, the values. */
export function recordForm(form: RecordForm): Html {
  const { admin, csrf, action, submit, version } = form;
  const groups = admin.groups.map(
    ({ title, fields }) => html`<section class="group"><h2>${title}</h2>
      ${fields.map((name) => fieldBlock(form, formField(admin, name)))}</section>`,
  );
  if (csrf === null) return html`${groups}`;
  return html`<form class="record" method="post" action="${action}">
    ${csrf}<input type="hidden" name="updatedAt" value="${version}" />
    ${groups}
    <p class="actions"><button class="primary">${submit}</button></p>
  </form>`;
}

function fieldBlock(form: RecordForm, field: FormField): Html {
  const { record, sent, csrf, context } = form;
  const { name, label, help } = field;
  const stored = record?.get(name) ?? null;
  const storedText = fieldText(field, record === null ? field.defaultValue : stored, recordZone(record));
  const notes = form.notes.get(name);
  const beside = notes === undefined ? '' : notesList(field, notes, context);
  const inWords = recordedText({ model: context.model, field: name }, jsonValue(stored), context.options);
  const link = record === null ? '' : referenceLink(field.target, stored, inWords);
  if (csrf === null) {
    return html`<div class="field"><div><b>${label}</b><div class="stored">${link === '' ? value(inWords, 'plain') : link}</div></div>${beside}</div>`;
  }
  const isMine = sent?.changed.has(name) === true;
  const text = isMine ? (sent.texts.get(name) ?? storedText) : storedText;
  const problem = sent?.problems.get(name);
  const id = `field-${name}`;
  const describedBy = [
    ...(help === undefined ? [] : [`${id}-help`]),
    ...(problem === undefined ? [] : [`${id}-problem`]),
    ...(form.isConflict && isMine && text !== storedText ? [`${id}-stored`] : []),
  ];
  const input = fieldInput(field, {
    id,
    text,
    describedBy: describedBy.join(' '),
    hasProblem: problem !== undefined,
    matches: sent?.matches.get(name) ?? [],
  });
  return html`<div class="field"><div>
    ${field.kind === 'list' && field.choices !== undefined ? html`<b>${label}</b>` : html`<label for="${id}">${label}${hint(field)}</label>`}
    ${input}<input type="hidden" name="${markName(name)}" value="${textMark(field, storedText)}" />
    ${problem === undefined ? '' : html`<p class="problem" id="${id}-problem">${problem}</p>`}
    ${
      form.isConflict && isMine && text !== storedText
        ? html`<p class="problem" id="${id}-stored">Stored now: ${value(inWords, 'plain')}. The field shows what you wrote.</p>`
        : ''
    }
    ${help === undefined ? '' : html`<p class="help" id="${id}-help">${help}</p>`}
    ${link === '' ? '' : html`<p class="help">${link}</p>`}
  </div>${beside}</div>`;
}

const hints: Partial<Record<FormField['kind'], string>> = {
  list: 'one a line',
  reference: 'number or name',
  json: 'JSON',
};

function hint({ kind, isNullable, defaultValue }: FormField): string {
  const isNeeded = !isNullable && defaultValue === null && kind !== 'list';
  const parts = [hints[kind] ?? '', isNeeded ? 'needed' : ''].filter((part) => part !== '');
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}
