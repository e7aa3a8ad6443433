import type { JsonValue } from '../../../audit/index.ts';
import type { RenderOptions } from '../../../audit/read/index.ts';
import type { FieldView } from '../../../runs/index.ts';
import { type Html, html, outsideLink, recordedText, timeElement, value } from '../../html.ts';
import { recordPath } from '../review/entry-list.ts';
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
  { author, said, suggestions, holds, isGuarded }: FieldView,
  { model, mayDecide, mayRelease, options }: NotesContext,
): Html {
  const shown = (recorded: JsonValue) =>
    html`<span class="said">${value(recordedText({ model, field: name }, recorded, options), 'plain')}</span>`;
  // Many such buttons stand on a page: each says to what it belongs.
  const ofField = html`<span class="hidden">: ${label}</span>`;
  const whence = said.find(({ entryId }) => entryId === author?.entryId);
  const lines = [
    ...(author === null
      ? []
      : [
          html`Written by ${whence === undefined ? author.email : `the source ${whence.sourceName}`}, ${changeLink(author.entryId, author.at)}
            ${isGuarded && mayRelease ? html`<button form="release-${name}">Let scrapers write it again${ofField}</button>` : ''}`,
        ]),
    ...said
      .filter((each) => each !== whence)
      .map(
        ({ sourceName, value: recorded, entryId, timestamp }) =>
          html`${sourceName} last wrote, ${changeLink(entryId, timestamp)}: ${shown(recorded)}`,
      ),
    ...suggestions.map(
      ({
        id,
        sourceName,
        sourceUrl,
        value: recorded,
        lastSeenAt,
      }) => html`${sourceName} suggests: ${shown(recorded)}
        <br />last seen ${timeElement(lastSeenAt)} on ${outsideLink(sourceUrl)}
        ${
          mayDecide
            ? html`<span class="decide"><button form="suggestion-${id}" name="decision" value="accept">Accept${ofField}</button>
        <button form="suggestion-${id}" name="decision" value="dismiss">Dismiss${ofField}</button></span>`
            : ''
        }`,
    ),
    ...holds.map(
      ({
        id,
        sourceName,
        value: recorded,
        heldAt,
      }) => html`${sourceName} may not write, since it was undone ${timeElement(heldAt)}: ${shown(recorded)}
        ${mayDecide ? html`<button form="hold-${id}">Release${ofField}</button>` : ''}`,
    ),
  ];
  return lines.length === 0
    ? html``
    : html`<ul class="notes">${lines.map((line) => html`<li>${line}</li>`)}</ul>`;
}

function changeLink(entryId: string, at: Date | null): Html {
  return html`<a href="/review/changes/${entryId}">${at === null ? `change ${entryId}` : timeElement(at)}</a>`;
}

/** The forms that the buttons of `notesList` send. They lead back to the record. */
export function notesForms(
  notes: ReadonlyMap<string, FieldView>,
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
