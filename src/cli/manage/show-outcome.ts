import { style } from '../commands/terminal/style.ts';
import { terminalWidth } from '../commands/terminal/terminal-width.ts';
import { textTable } from '../commands/terminal/text-table.ts';
import type { CommandOutcome } from './run-management-command.ts';
import { showCounts } from './show-counts.ts';

/** What a command has done, or would do, as text or as JSON on one line: counts, and how often each field changed. */
export function showOutcome(name: string, outcome: CommandOutcome, json: boolean): string {
  const { runId, state, counts, fields } = outcome;
  const dryRun = runId === null;
  if (json) return JSON.stringify({ command: name, dryRun, ...outcome });
  const ended = state === 'stopped' ? 'Stopped; what was done stays. Run it again to go on.' : 'Done.';
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
