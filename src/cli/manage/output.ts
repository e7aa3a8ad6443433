import { renderEntryLine } from '../../audit/read/index.ts';
import type { BatchCounts } from '../../records/operations/index.ts';
import { safeText, style, terminalWidth, writeOutput } from '../terminal.ts';
import { textTable } from '../text-table.ts';
import type { CommandOutcome, PlannedEntry } from './runner.ts';

/** "examined 120 · changed 117 · left to people 3"; what there was none of is left out, but for the first. */
export function showCounts(counts: BatchCounts): string {
  return Object.entries(counts)
    .filter(([, count], index) => index === 0 || count > 0)
    .map(([name, count]) => `${name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)} ${count}`)
    .join(' · ');
}

/** How far a command has come: one line on stderr that is written over. Where there is no terminal, nothing. */
export class CommandProgress {
  readonly #name: string;
  #isShown = false;

  constructor(name: string) {
    this.#name = name;
  }

  show(counts: BatchCounts): void {
    if (!process.stderr.isTTY) return;
    process.stderr.write(`\r\u001b[K${this.#name}: ${showCounts(counts)}`);
    this.#isShown = true;
  }

  clear(): void {
    if (this.#isShown) process.stderr.write('\r\u001b[K');
    this.#isShown = false;
  }
}

/** Writes the log entries of a dry run to stdout: a line of text each, or JSON Lines. */
export async function showEntries(entries: readonly PlannedEntry[], json: boolean): Promise<void> {
  if (entries.length === 0) return;
  await writeOutput(entries.map((entry) => (json ? JSON.stringify(entry) : lineOf(entry))).join('\n'));
}

function lineOf(entry: PlannedEntry): string {
  const { action, model, objectId, objectLabel } = entry;
  return safeText(`${action} ${model} ${objectId}  ${objectLabel}  ${renderEntryLine(entry, { limit: 60 })}`);
}

/** What a command has done, or would do, as text or as JSON on one line: counts, and how often each field changed. */
export function showOutcome(name: string, outcome: CommandOutcome, json: boolean): string {
  const { runId, state, counts, fields } = outcome;
  const dryRun = runId === null;
  if (json) return JSON.stringify({ command: name, dryRun, ...outcome });
  const ended = state === 'stopped' ? 'Stopped; what was done stays. Run it again to resume.' : 'Done.';
  return [
    style('bold', dryRun ? 'Dry run: nothing was changed.' : `${ended} Run ${runId}.`),
    `  ${showCounts(counts)}`,
    ...(fields.length === 0
      ? [dryRun ? 'It would change nothing.' : 'Nothing was changed.']
      : [
          '',
          textTable(
            [{ title: 'FIELD' }, { title: 'CHANGES', align: 'right' }],
            fields.map(({ model, field, changes }) => [`${model}.${field}`, String(changes)]),
            terminalWidth(),
          ),
          ...(dryRun
            ? []
            : ['', `What it changed: npm run review -- ${runId}`, `Undo: npm run undo -- --run=${runId}`]),
        ]),
  ].join('\n');
}
