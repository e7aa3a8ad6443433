import type { EntryTableRow } from '../audit/read/index.ts';
import { type Html, html } from './html.ts';

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
export function wordDifference(row: EntryTableRow): Html | null {
  if (row.kind !== 'value' || row.difference === null) return null;
  return html`${row.difference.map((token) => {
    if (token.kind === 'removed') return value(token.text, 'was');
    return token.kind === 'added' ? value(token.text, 'now') : html`${token.text}`;
  })}`;
}
