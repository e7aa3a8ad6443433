import type { Model } from 'sequelize';
import { jsonValue } from '../../audit/index.ts';
import { value } from '../field-values.ts';
import { type Html, html } from '../html.ts';
import { recordedText } from '../recorded-text.ts';
import type { AdminModel } from './admin-model.ts';
import { fieldInput } from './field-input.ts';
import type { FieldNotes } from './field-notes.ts';
import { fieldText, textMark } from './field-text.ts';
import { type FormField, formField } from './form-field.ts';
import { type NotesContext, notesList } from './notes-list.ts';
import { markName, type SentForm } from './read-form.ts';
import { recordZone } from './record-zone.ts';
import { referenceLink } from './reference-link.ts';

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
  readonly notes: ReadonlyMap<string, FieldNotes>;
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
        ? html`<p class="problem" id="${id}-stored">Stored now: ${value(inWords, 'plain')}. What you wrote stands in the field.</p>`
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
