import type { CrawlRun } from '../../../models/crawl-run.ts';

/** A run as `--json` shows it: ids as strings, moments in ISO 8601. */
export function runAsJson(run: CrawlRun): Record<string, unknown> {
  const { requestKey: _internal, ...shown } = run.get({ plain: true });
  return shown;
}
