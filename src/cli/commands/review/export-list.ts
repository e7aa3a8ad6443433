import type { LogEntryFilter } from '../../../audit/read/index.ts';
import {
  asCsv,
  asJsonLines,
  changeColumns,
  changeRows,
  type RunFilter,
  runColumns,
  runRow,
  streamChanges,
  streamRuns,
} from '../../../runs/index.ts';
import { type ExitCode, exitCodes } from '../../command.ts';
import { writeText } from '../../terminal.ts';
import { withDatabase, withKnownModels } from '../options.ts';

type Format = 'csv' | 'jsonl';

/** Writes all changes that fit to stdout, some at a time. */
export function exportChanges(filter: LogEntryFilter, format: Format): Promise<ExitCode> {
  return withDatabase(async ({ sequelize }) => {
    const changes = streamChanges(sequelize, withKnownModels(filter));
    await writeAll(format === 'csv' ? asCsv(changeColumns, rowsOf(changes)) : asJsonLines(flat(changes)));
    return exitCodes.done;
  });
}

/** Writes all runs that fit to stdout. */
export function exportRuns(filter: RunFilter, format: Format): Promise<ExitCode> {
  return withDatabase(async ({ sequelize }) => {
    const rows = runRows(streamRuns(sequelize, filter));
    await writeAll(format === 'csv' ? asCsv(runColumns, rows) : asJsonLines(rows));
    return exitCodes.done;
  });
}

async function* rowsOf(changes: ReturnType<typeof streamChanges>) {
  for await (const change of changes) yield* changeRows(change);
}

async function* flat(changes: ReturnType<typeof streamChanges>) {
  for await (const { entry, ...rest } of changes) yield { ...entry, ...rest };
}

async function* runRows(runs: ReturnType<typeof streamRuns>) {
  for await (const run of runs) yield runRow(run);
}

async function writeAll(content: AsyncIterable<string>): Promise<void> {
  for await (const text of content) if (!(await writeText(text))) return;
}
