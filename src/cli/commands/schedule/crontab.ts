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

/** As one word for a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function commandOf(task: string, key: string): string {
  const data = key === '' ? '' : ` --data=${quoted(JSON.stringify({ source: key }))}`;
  // In a crontab a percent sign is the end of the line.
  // Cron knows few folders of programs, so Node is named with its own.
  return `cd ${quoted(projectFolder)} && ${quoted(process.execPath)} src/cli/main.ts jobs run ${task}${data} --quiet`.replaceAll(
    '%',
    '\\%',
  );
}
