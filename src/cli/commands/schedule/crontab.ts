import path from 'node:path';
import type { PlannedSchedule } from '../../../jobs/planned-schedules.ts';

const projectFolder = path.resolve(import.meta.dirname, '../../../..');

/**
 * The schedules as lines of a crontab(5), for machines where the system's cron starts the work instead of a worker.
 * Jobs lock themselves, so that one that takes long is not started twice, and say nothing unless something is wrong,
 * so that cron sends no mail.
 */
export function crontab(planned: readonly PlannedSchedule[]): string {
  const zones = Map.groupBy(planned, ({ timeZone }) => timeZone);
  const lines = [...zones].flatMap(([zone, schedules]) => [
    '',
    // What follows is meant in this zone; cronie knows the variable. Others take the machine's.
    `CRON_TZ=${zone}`,
    ...schedules.map(({ cron, task, key }) => `${cron} ${commandOf(task, key)}`),
  ]);
  return [
    '# Where cron does not know CRON_TZ (Debian’s does not), set the machine’s zone, or shift the hours.',
    ...lines,
  ].join('\n');
}

function commandOf(task: string, key: string): string {
  const data = key === '' ? '' : ` --data='${JSON.stringify({ source: key })}'`;
  // In a crontab a percent sign is the end of the line.
  return `cd '${projectFolder.replaceAll("'", `'\\''`)}' && npm run --silent hotspots -- jobs run ${task}${data} --quiet`.replaceAll(
    '%',
    '\\%',
  );
}
