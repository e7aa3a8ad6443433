import type { EndedJob } from '../../../jobs/last-jobs.ts';
import { showTime } from '../terminal/show-time.ts';

/** What became of a job, on one line: "2027-04-09 05:00 done: Run 12 finished …". */
export function lastResult(last: EndedJob | null): string {
  if (last === null) return 'never yet';
  const when = last.endedAt ?? last.startedAt;
  const time = when === null ? '' : `${showTime(when)} `;
  if (last.state === 'active') return `${time}running`;
  if (last.retryAt !== null) return `${time}failed, again at ${showTime(last.retryAt)}: ${last.summary}`;
  const outcome = last.state === 'completed' ? (last.outcome ?? 'done') : last.state;
  return `${time}${outcome}${last.summary === '' ? '' : `: ${last.summary}`}`;
}
