import type { JsonValue } from '../../audit/json-value.ts';
import type { RenderOptions } from '../../audit/reading/render-options.ts';
import { value } from '../field-values.ts';
import { type Html, html } from '../html.ts';
import { recordedText } from '../recorded-text.ts';
import { recordPath } from '../review/entry-list.ts';
import { moment, outsideLink } from '../show.ts';
import type { FieldNotes } from './field-notes.ts';
import type { FormField } from './form-field.ts';

/** Where the notes stand, and who reads them. */
export interface NotesContext {
  readonly model: string;
  readonly objectId: string;
  readonly mayDecide: boolean;
  readonly mayRelease: boolean;
  readonly options: RenderOptions;
}

/**
 * What is known of a field's value, beside the field. Its buttons belong to the forms of `notesForms`: a form cannot
 * stand in a form.
 */
export function notesList(
  { name, label }: Pick<FormField, 'name' | 'label'>,
  { author, said, suggestions, holds, isGuarded }: FieldNotes,
  { model, mayDecide, mayRelease, options }: NotesContext,
): Html {
  const shown = (recorded: JsonValue) =>
    value(recordedText({ model, field: name }, recorded, options), 'plain');
  const lines = [
    ...(author === null
      ? []
      : [
          html`Written by <a href="/review/changes/${author.entryId}">${author.email}</a>${author.at === null ? '' : html`, ${moment(author.at)}`}${
            isGuarded && mayRelease
              ? html` <button class="quiet" form="release-${name}">Let scrapers write ${label} again</button>`
              : ''
          }`,
        ]),
    ...said.map(
      ({ sourceName, value: recorded, entryId, timestamp }) =>
        html`${sourceName} last wrote <span class="said">${shown(recorded)}</span>, <a href="/review/changes/${entryId}">${moment(timestamp)}</a>`,
    ),
    ...suggestions.map(
      ({ id, sourceName, sourceUrl, value: recorded, lastSeenAt }) => html`${sourceName} suggests
        <span class="said">${shown(recorded)}</span>, last ${moment(lastSeenAt)}, on ${outsideLink(sourceUrl)}
        ${
          mayDecide
            ? html`<button form="suggestion-${id}" name="decision" value="accept">Accept ${label} of ${sourceName}</button>
        <button class="quiet" form="suggestion-${id}" name="decision" value="dismiss">Dismiss it</button>`
            : ''
        }`,
    ),
    ...holds.map(
      ({ id, sourceName, value: recorded, heldAt }) => html`${sourceName} may not write
        <span class="said">${shown(recorded)}</span>, undone ${moment(heldAt)}
        ${mayDecide ? html`<button class="quiet" form="hold-${id}">Release it</button>` : ''}`,
    ),
  ];
  return lines.length === 0
    ? html``
    : html`<ul class="notes">${lines.map((line) => html`<li>${line}</li>`)}</ul>`;
}

/** The forms that the buttons of `notesList` send. They lead back to the record. */
export function notesForms(
  notes: ReadonlyMap<string, FieldNotes>,
  { model, objectId, mayDecide, mayRelease }: NotesContext,
  { csrf, back }: { csrf: Html; back: string },
): Html {
  const common = html`${csrf}<input type="hidden" name="back" value="${back}" />`;
  const all = [...notes];
  const ofSuggestions = all.flatMap(([, { suggestions }]) => (mayDecide ? suggestions : []));
  const ofHolds = all.flatMap(([, { holds }]) => (mayDecide ? holds : []));
  const guarded = all.flatMap(([name, { isGuarded }]) => (isGuarded && mayRelease ? [name] : []));
  return html`${ofSuggestions.map(
    ({ id }) =>
      html`<form id="suggestion-${id}" method="post" action="/review/suggestions">${common}<input type="hidden" name="id" value="${id}" /></form>`,
  )}${ofHolds.map(({ id }) => html`<form id="hold-${id}" method="post" action="/review/holds/${id}/release">${common}</form>`)}${guarded.map(
    (name) =>
      html`<form id="release-${name}" method="post" action="${recordPath({ model, objectId })}/release">${common}<input type="hidden" name="field" value="${name}" /></form>`,
  )}`;
}
