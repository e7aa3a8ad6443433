import type { RunFilter } from '../../../runs/list.ts';
import { listRuns as findRuns, runTitle } from '../../../runs/list.ts';
import { type ExitCode, exitCodes } from '../command.ts';
import { counted } from '../terminal/counted.ts';
import { safeText } from '../terminal/safe-text.ts';
import { writeOutput } from '../terminal/write-output.ts';
import { withDatabase } from '../with-database.ts';
import { runAsJson } from './run-as-json.ts';

/** For cron: says nothing and exits with 0 while no flagged run waits, else names them and exits with 3. */
export async function checkRuns(filter: RunFilter, json: boolean): Promise<ExitCode> {
  const { waiting } = await withDatabase(({ sequelize }) => findRuns(sequelize, filter, { limit: 1 }));
  if (json) await writeOutput(JSON.stringify({ waiting: waiting.map(runAsJson) }));
  else if (waiting.length > 0) {
    const lines = waiting.flatMap((run) => [
      safeText(`Run ${run.id}  ${runTitle(run)}`),
      ...run.flags.map(({ sentence }) => `  ${safeText(sentence)}`),
      `  npm run review -- ${run.id}`,
    ]);
    await writeOutput([`${counted(waiting.length, 'flagged run')} to review:`, ...lines].join('\n'));
  }
  return waiting.length > 0 ? exitCodes.incomplete : exitCodes.done;
}
