import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import { settingNames } from '../../config.ts';
import type { EndedJob } from '../../jobs/index.ts';
import type { ListedSchedule, PlannedSchedule } from '../../jobs/worker/index.ts';
import { usageError } from '../arguments.ts';
import { safeText, showTime, style, terminalWidth } from '../terminal.ts';
import { textTable } from '../text-table.ts';

const projectFolder = path.resolve(import.meta.dirname, '../../..');

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

/**
 * The file from which cron is to take the settings, as an absolute path; undefined when none is named and none needed.
 *
 * @throws HotspotsError USAGE when it cannot be read; also when none is named although this shell has settings: cron
 *   would not know them, and use another database
 */
export async function settingsFile(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) {
    // Who sits at this shell does not matter to what is scheduled.
    const names = settingNames(process.env).filter((name) => name !== 'HOTSPOTS_USER');
    if (names.length === 0) return undefined;
    throw usageError(
      'schedule',
      `Cron does not know what is set in this shell: ${names.join(', ')}. ` +
        'Write it to a file that only you can read, as NAME=value, and name it with --settings=FILE.',
    );
  }
  try {
    await access(file, constants.R_OK);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : error;
    throw usageError('schedule', `The file ${JSON.stringify(file)} of --settings cannot be read (${code}).`);
  }
  return path.resolve(file);
}

/** A moment in a zone, to the minute: "2027-03-28 03:00". */
export function zonedTime(moment: Date, timeZone: string): string {
  const { year, month, day, hour, minute } = moment.toTemporalInstant().toZonedDateTimeISO(timeZone);
  const two = (number: number) => String(number).padStart(2, '0');
  return `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}`;
}

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
          `Once it is fixed: npm run hotspots -- resume ${sourceName}`,
      ),
    ),
    workers === 0
      ? style('yellow', 'No worker is running, so no schedule runs. Start one: npm run worker')
      : style('dim', workers === 1 ? 'One worker is running.' : `${workers} workers are running.`),
  ];
}
