import type { Sequelize } from 'sequelize';
import { listRuns as findRuns, Run, type RunFilter, runTitle } from '../../../runs/index.ts';
import { counted } from '../../../text.ts';
import { type ExitCode, exitCodes } from '../../command.ts';
import { safeText, showDuration, showTime, style, terminalWidth, writeOutput } from '../../terminal.ts';
import { type Column, textTable } from '../../text-table.ts';
import { withDatabase } from '../options.ts';

/** A run as `--json` shows it: ids as strings, moments in ISO 8601. */
export function runAsJson(run: Run): Record<string, unknown> {
  const { requestKey: _internal, ...shown } = run.get({ plain: true });
  return shown;
}

const columns: readonly Column[] = [
  { title: 'RUN', align: 'right' },
  { title: 'WHAT', flexible: true },
  { title: 'STARTED' },
  { title: 'TOOK', align: 'right', spare: true },
  { title: 'PAGES', align: 'right', spare: true },
  { title: 'NEW', align: 'right' },
  { title: 'CHANGED', align: 'right' },
  { title: 'DELETED', align: 'right', spare: true },
  { title: 'UNDONE', align: 'right', spare: true },
  { title: 'STATE', spare: true },
  { title: 'VERDICT' },
  { title: 'ACTOR', flexible: true, spare: true },
  { title: 'FLAGS', flexible: true, least: 20 },
];

/**
 * The runs, those that wait first, then the newest first, as a table or as `{waiting, runs, next}`.
 *
 * @param repeated the options of this call, for the command that shows the next page
 */
export async function showRuns(
  sequelize: Sequelize,
  filter: RunFilter,
  page: { limit: number; before?: string },
  { json, repeated }: { json: boolean; repeated: string },
): Promise<string> {
  const { waiting, runs, next } = await findRuns(sequelize, filter, page);
  if (json) return JSON.stringify({ waiting: waiting.map(runAsJson), runs: runs.map(runAsJson), next });
  const shown = [...waiting, ...runs];
  if (shown.length === 0) {
    if (page.before !== undefined) return 'There are no older runs.';
    return (await Run.count()) > 0
      ? 'No run matches.'
      : 'Nothing was crawled yet. Begin with: npm run crawl -- --spider=events';
  }
  const hints = [
    ...(waiting.length > 0
      ? [`${counted(waiting.length, 'flagged run')} to review. Next: npm run review -- ${waiting[0]?.id}`]
      : [`What a run changed: npm run review -- ${shown[0]?.id}`]),
    ...(next === null ? [] : [`Older runs: npm run review --${repeated} --before=${next}`]),
  ];
  return `${textTable(columns, shown.map(rowOf), terminalWidth())}\n\n${style('dim', hints.join('\n'))}`;
}

function rowOf(run: Run): string[] {
  const { id, startedAt, finishedAt, state, verdict, actorEmail, flags } = run;
  return [
    id,
    runTitle(run),
    showTime(startedAt),
    finishedAt === null ? '-' : showDuration(finishedAt.getTime() - startedAt.getTime()),
    ...[run.pages, run.created, run.updated, run.deleted, run.undone].map(String),
    state,
    verdict ?? '-',
    actorEmail,
    flags.map(({ sentence }) => sentence).join(' · '),
  ];
}

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
