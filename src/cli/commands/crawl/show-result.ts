import { config } from '../../../config.ts';
import type { CrawlResult } from '../../../crawl/result.ts';
import type { PlannedCrawl } from '../../../jobs/worker/index.ts';
import type { RunFlag } from '../../../runs/index.ts';
import { counted } from '../../../text.ts';
import { safeText, showDuration, style } from '../../terminal.ts';

/** How a run ended, for people: counts, what was not taken and why, and where to look further. */
export function showResult(
  { spider, source }: PlannedCrawl,
  result: CrawlResult,
  dryRun: boolean,
  flags: readonly RunFlag[],
): string {
  const counts = (['created', 'updated', 'unchanged', 'rejected', 'failed', 'skipped'] as const).map(
    (name) => `${name} ${result[name]}`,
  );
  const repairs = Object.entries(result.jsonLdRepairs).filter(
    ([stage, count]) => stage !== 'none' && count > 0,
  );
  return [
    style(
      'bold',
      `Run ${result.runId}  ${spider.name}  ${source.name}  ${result.state} in ${showDuration(result.elapsedMs)}`,
    ) + (result.resumed ? '  (went on where an earlier process had stopped)' : ''),
    `  ${[...counts, ...notWritten(result)].join(' · ')}`,
    `  ${counted(result.pages, 'page')}, ${counted(result.items, 'item')}` +
      (repairs.length > 0
        ? `, JSON-LD blocks repaired: ${repairs.map(([stage, count]) => `${count} ${stage}`).join(', ')}`
        : ''),
    ...block(
      'Rejected',
      result.rejections.flatMap(({ count, field, message, sampleUrl }) => [
        `${count} × ${field}: ${message}`,
        `    ${sampleUrl}`,
      ]),
    ),
    ...block(
      'Failed pages',
      result.failures.flatMap(({ url, error }) => [url, `    ${error}`]),
    ),
    ...block(
      'Skipped',
      result.skips.map(({ count, reason }) => `${count} × ${reason}`),
    ),
    ...block(
      'Not wholly read',
      result.problems.flatMap(({ count, message, sampleUrl }) => [
        `${count} × ${message}`,
        `    ${sampleUrl}`,
      ]),
    ),
    ...(dryRun
      ? [
          '',
          '  Dry run: nothing was written. Each group of pages was taken back by itself, so that a record that',
          '  several groups bring, such as a venue, counts as created in each.',
        ]
      : [
          ...block(
            'Flags',
            flags.map(({ sentence }) => sentence),
          ),
          '',
          '  What it changed:',
          `    npm run review -- ${result.runId}`,
          `    npm run review -- --actor=${safeText(config.scraperActorEmail)} --since=1d --run=${result.runId}`,
          ...(result.created + result.updated > 0
            ? ['  To take it back:', `    npm run undo -- --run=${result.runId}`]
            : []),
        ]),
  ].join('\n');
}

/** Values that were left out for a reason that people should know. */
function notWritten({ held, suggested }: CrawlResult): string[] {
  return [...(held > 0 ? [`held back ${held}`] : []), ...(suggested > 0 ? [`suggested ${suggested}`] : [])];
}

function block(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `  ${title}:`, ...lines.map((line) => `    ${safeText(line)}`)];
}
