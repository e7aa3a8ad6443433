import { actingPerson, giveVerdict, type VerdictWord } from '../../../runs/index.ts';
import { counted } from '../../../text.ts';
import { idOf, type ParsedArguments, usageError } from '../../arguments.ts';
import { type ExitCode, exitCodes } from '../../command.ts';
import { safeText, writeOutput } from '../../terminal.ts';
import { withDatabase } from '../options.ts';

/** `hotspots review good|bad|clear`: keeps a verdict on a run, or on changes, and says what it does. */
export function judge(
  verdict: VerdictWord,
  run: string | undefined,
  given: ParsedArguments,
): Promise<ExitCode> {
  const changes = given.texts('change').map((text) => idOf('review', '--change', text) ?? '');
  const runId = idOf('review', 'RUN', run);
  if ((runId === undefined) === (changes.length === 0))
    throw usageError('review', `${verdict} needs the number of a run, or --change=ID.`);
  return withDatabase(async ({ sequelize }) => {
    const by = await actingPerson(given.text('as'));
    const details = { by, note: given.text('note') };
    if (runId === undefined) {
      await sequelize.transaction(async (transaction) => {
        for (const entryId of changes)
          await giveVerdict(sequelize, { entryId }, verdict, details, transaction);
      });
      await writeOutput(
        given.flag('json')
          ? JSON.stringify({ changes, verdict })
          : `${counted(changes.length, 'change')}: ${verdict === 'clear' ? 'no verdict' : verdict}.`,
      );
      return exitCodes.done;
    }
    const { paused } = await giveVerdict(sequelize, { runId }, verdict, details);
    await writeOutput(
      given.flag('json')
        ? JSON.stringify({ run: runId, verdict, paused })
        : safeLines([effectOf(verdict, runId), ...(paused === null ? [] : pausedLines(paused, runId))]),
    );
    return exitCodes.done;
  });
}

function safeLines(lines: readonly string[]): string {
  return lines.map(safeText).join('\n');
}

function pausedLines(source: string, runId: string): string[] {
  return [
    `${source} is paused. To crawl it again: npm run hotspots -- resume ${source}`,
    `What it changed stays until you undo it: npm run undo -- --run=${runId}`,
  ];
}

function effectOf(verdict: VerdictWord, runId: string): string {
  if (verdict === 'good') return `Run ${runId} is closed as good. Later runs are compared with it.`;
  return verdict === 'bad' ? `Run ${runId} is bad.` : `Run ${runId} has no verdict any more.`;
}
