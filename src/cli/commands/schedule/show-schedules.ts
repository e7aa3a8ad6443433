import type { ListedSchedule } from '../../../jobs/list-schedules.ts';
import { safeText } from '../terminal/safe-text.ts';
import { showTime } from '../terminal/show-time.ts';
import { style } from '../terminal/style.ts';
import { terminalWidth } from '../terminal/terminal-width.ts';
import { textTable } from '../terminal/text-table.ts';
import { lastResult } from './last-result.ts';
import { zonedTime } from './zoned-time.ts';

/** Schedules as a table, then why sources are paused, and whether anybody does the work. */
export function showSchedules(schedules: readonly ListedSchedule[], workers: number): string {
  return [table(schedules), ...remarks(schedules, workers)].join('\n');
}

function table(schedules: readonly ListedSchedule[]): string {
  const hasKeys = schedules.some(({ key }) => key !== '');
  return textTable(
    [
      { title: 'TASK' },
      ...(hasKeys ? [{ title: 'SOURCE' }] : []),
      { title: 'WHEN' },
      { title: 'ZONE', spare: true },
      { title: 'NEXT, IN THAT ZONE' },
      { title: 'LAST', flexible: true, least: 24 },
    ],
    schedules.map(({ task, key, cron, timeZone, next, last, pause }) => [
      task,
      ...(hasKeys ? [key] : []),
      cron,
      timeZone,
      pause !== null ? 'paused' : next[0] === undefined ? '-' : zonedTime(next[0], timeZone),
      lastResult(last),
    ]),
    terminalWidth(),
  );
}

function remarks(schedules: readonly ListedSchedule[], workers: number): string[] {
  const pauses = schedules.flatMap(({ pause }) => pause ?? []);
  return [
    ...pauses.map(({ sourceName, pausedAt, pausedByEmail, reason }) =>
      safeText(
        `${sourceName} is paused since ${showTime(pausedAt)} by ${pausedByEmail} (${reason}). ` +
          `Once it is mended: npm run hotspots -- resume ${sourceName}`,
      ),
    ),
    workers === 0
      ? style('yellow', 'No worker is running, so nothing of this happens. Start one: npm run worker')
      : style('dim', workers === 1 ? 'One worker is running.' : `${workers} workers are running.`),
  ];
}
