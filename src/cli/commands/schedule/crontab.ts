import path from 'node:path';
import type { PlannedSchedule } from '../../../jobs/planned-schedules.ts';

const projectFolder = path.resolve(import.meta.dirname, '../../../..');

/**
 * The schedules as lines of a crontab(5), for machines where the system's cron starts the work instead of a worker.
 * Jobs lock themselves, so that one that takes long is not started twice, and say nothing unless something is wrong,
 * so that cron sends no mail.
 *
 * @param settings a file with the settings, as an absolute path
 */
export function crontab(planned: readonly PlannedSchedule[], settings?: string): string {
  const zones = Map.groupBy(planned, ({ timeZone }) => timeZone);
  const lines = [...zones].flatMap(([zone, schedules]) => [
    '',
    // What follows is meant in this zone; cronie knows the variable. Others take the machine's.
    `CRON_TZ=${zone}`,
    ...schedules.map(({ cron, task, key }) => `${cron} ${commandOf(task, key, settings)}`),
  ]);
  return [
    '# Work of hotspots. Exit codes: 0 done, or another process is doing it; 1 failed; 2 wrong usage; 3 done in part.',
    '# Where cron does not know CRON_TZ (Debian’s does not), set the machine’s zone, or shift the hours.',
    ...lines,
  ].join('\n');
}

function commandOf(task: string, key: string, settings: string | undefined): string {
  // Cron knows few folders of programs, so Node is named with its own.
  const node = [
    quoted(process.execPath),
    ...(settings === undefined ? [] : [`--env-file=${quoted(settings)}`]),
  ];
  const data = key === '' ? [] : [`--data=${quoted(JSON.stringify({ source: key }))}`];
  const run = [...node, 'src/cli/hotspots.cjs jobs run', task, ...data, '--quiet'].join(' ');
  // In a crontab a percent sign is the end of the line.
  return `cd ${quoted(projectFolder)} && ${run}`.replaceAll('%', '\\%');
}

/** As one word for a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
