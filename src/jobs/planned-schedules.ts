import { spiders } from '../app.ts';
import { readSourcesFile } from '../crawl/read-sources.ts';
import { sourcesFile } from '../crawl/source.ts';
import { taskSchedules } from './task-schedules.ts';
import { tasks } from './tasks.ts';

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
