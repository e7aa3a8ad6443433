import { Op } from 'sequelize';
import { Run } from '../../../models/run.ts';
import { showDuration } from '../terminal/show-duration.ts';
import { showTime } from '../terminal/show-time.ts';
import { style } from '../terminal/style.ts';
import { terminalWidth } from '../terminal/terminal-width.ts';
import { type Column, textTable } from '../terminal/text-table.ts';
import { runAsJson } from './run-as-json.ts';

const columns: readonly Column[] = [
  { title: 'RUN', align: 'right' },
  { title: 'SPIDER' },
  { title: 'SOURCE', flexible: true },
  { title: 'STARTED' },
  { title: 'TOOK', align: 'right' },
  { title: 'PAGES', align: 'right' },
  { title: 'NEW', align: 'right' },
  { title: 'CHANGED', align: 'right' },
  { title: 'UNCHANGED', align: 'right' },
  { title: 'REJECTED', align: 'right' },
  { title: 'FAILED', align: 'right' },
  { title: 'STATE' },
  { title: 'ACTOR', flexible: true },
];

/** The runs, newest first, as a table or as `{runs, next}`. */
export async function listRuns(page: { limit: number; before?: string }, json: boolean): Promise<string> {
  const found = await Run.findAll({
    where: page.before === undefined ? {} : { id: { [Op.lt]: page.before } },
    order: [['id', 'DESC']],
    limit: page.limit + 1,
  });
  const runs = found.slice(0, page.limit);
  const next = found.length > runs.length ? (runs.at(-1)?.id ?? null) : null;
  if (json) return JSON.stringify({ runs: runs.map(runAsJson), next });
  if (runs.length === 0) {
    return page.before === undefined
      ? 'Nothing was crawled yet. Begin with: npm run crawl -- --spider=events'
      : 'There are no older runs.';
  }
  const table = textTable(
    columns,
    runs.map((run) => [
      run.id,
      run.spider ?? run.kind,
      run.sourceName ?? '-',
      showTime(run.startedAt),
      run.finishedAt === null ? '-' : showDuration(run.finishedAt.getTime() - run.startedAt.getTime()),
      ...[run.pages, run.created, run.updated, run.unchanged, run.rejected, run.failed].map(String),
      run.state,
      run.actorEmail,
    ]),
    terminalWidth(),
  );
  const hint =
    next === null
      ? `What a run changed: npm run review -- ${runs[0]?.id}`
      : `Older runs: npm run review -- --limit=${page.limit} --before=${next}`;
  return `${table}\n\n${style('dim', hint)}`;
}
