import { renderEntryLine } from '../../audit/read/index.ts';
import { safeText } from '../commands/terminal/safe-text.ts';
import { writeOutput } from '../commands/terminal/write-output.ts';
import type { PlannedEntry } from './dry-run.ts';

/** Writes the log entries of a dry run to stdout: a line of text each, or JSON Lines. */
export async function showEntries(entries: readonly PlannedEntry[], json: boolean): Promise<void> {
  if (entries.length === 0) return;
  await writeOutput(entries.map((entry) => (json ? JSON.stringify(entry) : lineOf(entry))).join('\n'));
}

function lineOf(entry: PlannedEntry): string {
  const { action, model, objectId, objectLabel } = entry;
  return safeText(`${action} ${model} ${objectId}  ${objectLabel}  ${renderEntryLine(entry, { limit: 60 })}`);
}
