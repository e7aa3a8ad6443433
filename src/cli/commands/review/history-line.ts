import { type LogEntryRow, renderEntryLine } from '../../../audit/read/index.ts';
import { safeText } from '../terminal/safe-text.ts';
import { showTime } from '../terminal/show-time.ts';

/** An entry of a history on one line. */
export function historyLine(entry: LogEntryRow): string {
  const origin = `#${entry.id}  ${showTime(entry.timestamp)}  ${entry.actorEmail}  ${entry.action}`;
  return safeText(`${origin}  ${renderEntryLine(entry, { limit: 60 })}`);
}
