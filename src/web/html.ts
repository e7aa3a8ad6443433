import type { FastifyReply, FastifyRequest } from 'fastify';
import { html as template } from 'hono/html';
import type { JsonValue } from '../audit/index.ts';
import { type EntryTableRow, entryTable, type RenderOptions } from '../audit/read/index.ts';

/** Markup. What is put into a template and is none is escaped. */
export type Html = ReturnType<typeof template>;

/** Makes markup from a template. Lists are joined; null, undefined and false leave nothing. */
export const html: (
  strings: TemplateStringsArray,
  ...values: readonly (Html | readonly Html[] | string | number | boolean | null | undefined)[]
) => Html = (strings, ...values) =>
  template(strings, ...values.map((value) => (value === false ? '' : value)));

/** The hidden field without which no form is taken. */
export function csrfField(reply: FastifyReply): Html {
  return html`<input type="hidden" name="_csrf" value="${reply.generateCsrf()}" />`;
}

/** A value that was, or that is now; the words tell them apart also where colours do not. */
export function value(text: string, kind: 'was' | 'now' | 'plain'): Html {
  if (/^(?:\(empty(?: list| text)?\))?$/.test(text))
    return html`<span class="empty">${text || '(empty)'}</span>`;
  if (kind === 'was') return html`<del><span class="hidden">removed: </span>${text}</del>`;
  if (kind === 'now') return html`<ins><span class="hidden">added: </span>${text}</ins>`;
  return html`${text}`;
}

/** What a change did to a field, on one line. */
export function fieldChange(row: EntryTableRow, action: string): Html {
  switch (row.kind) {
    case 'm2m':
      return row.operation === 'add'
        ? html`added ${value(row.objects.join(', '), 'now')}`
        : html`removed ${value(row.objects.join(', '), 'was')}`;
    case 'unreadable':
      return html`${row.text}`;
    case 'value':
      if (action === 'create') return value(row.new, 'now');
      if (action === 'delete') return value(row.old, 'was');
      return html`${value(row.old, 'was')} <span aria-hidden="true">→</span> ${value(row.new, 'now')}`;
  }
}

/** Which words of a long text were removed and added. */
export function showWordDifference(row: EntryTableRow): Html | null {
  if (row.kind !== 'value' || row.difference === null) return null;
  return html`${row.difference.map((token) => {
    if (token.kind === 'removed') return value(token.text, 'was');
    return token.kind === 'added' ? value(token.text, 'now') : html`${token.text}`;
  })}`;
}

/** The fields of a form that was sent; a field may have several values. */
export function formFields({ body }: FastifyRequest): URLSearchParams {
  return body instanceof URLSearchParams ? body : new URLSearchParams();
}

/**
 * Stands first in a form with several buttons: without it, Enter in a note or on a checkbox would press the first of
 * them. Browsers send nothing when a form's first button is disabled.
 */
export const noDefaultButton: Html = html`<button disabled hidden></button>`;

/** A value of a record's field as people read it in the log. */
export function recordedText(
  { model, field }: { model: string; field: string },
  value: JsonValue,
  options: RenderOptions,
): string {
  const [row] = entryTable({ model, changes: { [field]: [null, value] } }, options);
  return row?.kind === 'value' ? row.new : '';
}

const absolute = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'medium',
  timeStyle: 'short',
  timeZone: 'UTC',
});
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** A moment in UTC, with how long ago it was as its title. */
export function timeElement(date: Date): Html {
  const past = date.getTime() - Date.now();
  const [unit, size] = units.find(([, length]) => Math.abs(past) >= length) ?? ['second', 1000];
  const ago = relative.format(Math.round(past / size), unit);
  return html`<time datetime="${date.toISOString()}" title="${ago}">${absolute.format(date)} UTC</time>`;
}

/** How long something took. */
export function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 10) return `${(milliseconds / 1000).toFixed(1)} s`;
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** An address of the web as a link; anything else, such as `javascript:`, as text. */
export function outsideLink(url: string): Html {
  const isWeb = URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
  return isWeb ? html`<a href="${url}" rel="noopener noreferrer nofollow">${url}</a>` : html`${url}`;
}
