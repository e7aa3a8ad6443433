import { isDeepStrictEqual } from 'node:util';
import { type LogEntryRow, readChanges } from '../../audit/read/index.ts';
import { type Html, html } from '../html.ts';

/**
 * Names the fields that were not what the change before had written: they were changed past the log.
 *
 * @param earlier the record's entries before this one, the newest first
 */
export function gapNotice(entry: LogEntryRow, earlier: readonly LogEntryRow[]): Html {
  if (entry.action === 'create') return html``;
  const gaps = readChanges(entry.changes).flatMap((change) => {
    if (change.kind !== 'value') return [];
    const before = earlier.find(({ changes }) => Object.hasOwn(changes, change.field))?.changes[change.field];
    return Array.isArray(before) && !isDeepStrictEqual(before[1], change.old) ? change.field : [];
  });
  if (gaps.length === 0) return html``;
  return html`<p class="problem">${gaps.join(', ')}: changed outside the program before this change; the log does not know by whom.</p>`;
}
