import { CronExpressionParser } from 'cron-parser';
import { spiders } from '../../app.ts';
import { readSourcesFile } from '../../crawl/read-sources.ts';
import { type Schedule, sourcesFile } from '../../crawl/source.ts';
import { tasks } from '../tasks.ts';

/** When tasks are done unless `crawlers/sources.yaml` says otherwise. In UTC. */
export const taskSchedules: Readonly<Record<string, Schedule>> = {
  webhook: { cron: '* * * * *' },
  'undo-apply': { cron: '*/5 * * * *' },
  'mark-past-events': { cron: '5 * * * *' },
  'audit-seal': { cron: '*/15 * * * *' },
  'audit-prune': { cron: '40 3 2 * *' },
  'update-place-ratings': { cron: '20 3 * * *' },
};

/** Work that is done again and again. */
export interface PlannedSchedule {
  /** The task's name. */
  readonly task: string;
  /** Tells the schedules of one task apart: for crawls the source's name, else empty. */
  readonly key: string;
  /** What the task is given. */
  readonly data: object;
  readonly cron: string;
  /** IANA zone in which the expression is meant. */
  readonly timeZone: string;
}

/** Crawls have the schedules of their sources. */
const ofTheirOwn = [...tasks.keys()].filter((name) => name !== 'crawl');

/**
 * All schedules there are: of the tasks, and of the sources that have one.
 *
 * @param file where sources and other schedules for tasks are read
 * @throws HotspotsError SOURCES_INVALID, PERMISSION_DENIED
 */
export async function plannedSchedules(file: string = sourcesFile): Promise<PlannedSchedule[]> {
  const { sources, tasks: others } = await readSourcesFile(file, [...spiders.keys()], ofTheirOwn);
  const ofTasks = Object.entries({ ...taskSchedules, ...others }).flatMap(([task, schedule]) => {
    if (schedule === false) return [];
    return [{ task, key: '', data: {}, cron: schedule.cron, timeZone: schedule.timeZone ?? 'UTC' }];
  });
  const ofSources = sources.flatMap(({ name, schedule, timeZone }) => {
    if (schedule === undefined) return [];
    const zone = schedule.timeZone ?? timeZone ?? 'UTC';
    return [{ task: 'crawl', key: name, data: { source: name }, cron: schedule.cron, timeZone: zone }];
  });
  return [...ofSources, ...ofTasks];
}

/**
 * The first time of a schedule after a moment. Where clocks are put forward, a time in the hour that is left out is an
 * hour later; where they are put back, a time in the hour that comes twice is the first of the two. A schedule of every
 * hour takes the hours as they come: both of the two, and none for one that is left out.
 *
 * The expression is only asked what clocks show. Of their changes cron-parser knows too little: in some zones it leaves
 * a day out, in others it finds no time at all.
 */
export function nextTime({ cron, timeZone }: Pick<PlannedSchedule, 'cron' | 'timeZone'>, after: Date): Date {
  const from = after.toTemporalInstant().toZonedDateTimeISO(timeZone);
  const isEveryHour = CronExpressionParser.parse(cron).fields.hour.values.length === 24;
  return new Date(
    (isEveryHour ? nextOfEveryHour(cron, from) : nextOfSomeHours(cron, from)).epochMilliseconds,
  );
}

function nextOfEveryHour(cron: string, after: Temporal.ZonedDateTime): Temporal.ZonedDateTime {
  let from = after.withTimeZone(after.offset);
  let change = after.getTimeZoneTransition('next');
  for (;;) {
    const time = clockTimes(cron, from.toPlainDateTime())().toZonedDateTime(from.timeZoneId);
    if (change === null || Temporal.ZonedDateTime.compare(time, change) < 0) return time;
    from = change.withTimeZone(change.offset).subtract({ milliseconds: 1 });
    change = change.getTimeZoneTransition('next');
  }
}

function nextOfSomeHours(cron: string, after: Temporal.ZonedDateTime): Temporal.ZonedDateTime {
  const nextClockTime = clockTimes(cron, startBefore(after));
  let found: Temporal.ZonedDateTime | undefined;
  for (;;) {
    const clock = nextClockTime();
    // What was left out is later than some times that were not: all up to what was found are looked at.
    if (found !== undefined && Temporal.PlainDateTime.compare(clock, found.toPlainDateTime()) >= 0)
      return found;
    const time = clock.toZonedDateTime(after.timeZoneId);
    const isNearer = found === undefined || Temporal.ZonedDateTime.compare(time, found) < 0;
    if (isNearer && Temporal.ZonedDateTime.compare(time, after) > 0) found = time;
  }
}

/** What clocks showed, or would have shown if they had not been put forward within the last day. */
function startBefore(after: Temporal.ZonedDateTime): Temporal.PlainDateTime {
  const now = after.toPlainDateTime();
  const unchanged = after.withTimeZone(after.subtract({ hours: 24 }).offset).toPlainDateTime();
  return Temporal.PlainDateTime.compare(unchanged, now) < 0 ? unchanged : now;
}

/** Gives one after another what clocks show at the times of an expression. */
function clockTimes(cron: string, after: Temporal.PlainDateTime): () => Temporal.PlainDateTime {
  const currentDate = new Date(after.toZonedDateTime('UTC').epochMilliseconds);
  const times = CronExpressionParser.parse(cron, { tz: 'UTC', currentDate });
  return () => times.next().toDate().toTemporalInstant().toZonedDateTimeISO('UTC').toPlainDateTime();
}

/** So many times of a schedule after a moment; see `nextTime`. */
export function nextTimes(
  schedule: Pick<PlannedSchedule, 'cron' | 'timeZone'>,
  after: Date,
  count: number,
): Date[] {
  const times: Date[] = [];
  for (let last = after; times.length < count; times.push(last)) last = nextTime(schedule, last);
  return times;
}
