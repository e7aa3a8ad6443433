import type { Run } from '../../../runs/run.ts';

/** A run as `--json` shows it: ids as strings, moments in ISO 8601. */
export function runAsJson(run: Run): Record<string, unknown> {
  const { requestKey: _internal, ...shown } = run.get({ plain: true });
  return shown;
}
