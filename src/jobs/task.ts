import { z } from 'zod';
import { type CrawlResult, hasFailed } from '../crawl/result.ts';
import type { Database } from '../database/open-database.ts';
import { HotspotsError } from '../errors.ts';
import type { BatchedResult } from '../records/operations/index.ts';

/** What a task is given besides its data. The actor context is set around it. */
export interface TaskContext {
  readonly database: Database;
  /** Aborts when the worker is to stop, or when the job takes too long: the task ends after its batch. */
  readonly signal: AbortSignal;
}

export const outcomeStates = ['done', 'incomplete', 'skipped', 'stopped'] as const;

/**
 * How a job ended. `incomplete`: done, but for some of it, which a person should look at. `stopped`: the signal came
 * before the work was done, and another worker is to go on with it.
 */
export interface TaskOutcome {
  readonly state: (typeof outcomeStates)[number];
  /** One sentence for people. */
  readonly summary: string;
}

export interface TaskDefinition<Data> {
  /** Also the name of its queue. */
  readonly name: string;
  /** One line for lists. */
  readonly summary: string;
  /** What its data must be; checked when a job is sent and again when it is worked on. */
  readonly data: z.ZodType<Data>;
  /** Of jobs with the same key only one waits or runs at a time. */
  readonly keyOf?: (data: Data) => string;
  /** How often a job that failed is tried again; default 5. */
  readonly retryLimit?: number;
  /**
   * Seconds before the first retry, or up to twice as many, so that jobs do not all come back at once; each further one
   * waits about twice as long, up to an hour. Default 10.
   */
  readonly retryDelay?: number;
  /** After so many seconds a job is given up and tried again; default an hour. */
  readonly expireInSeconds?: number;
  /** The work. What only it needs is imported inside it, so that lists of tasks stay light. */
  readonly run: (data: Data, context: TaskContext) => Promise<TaskOutcome>;
}

/** A task whose data is checked before it runs. */
export interface Task {
  readonly name: string;
  readonly summary: string;
  readonly data: z.ZodType;
  readonly retryLimit: number;
  readonly retryDelay: number;
  readonly expireInSeconds: number;
  /** Whether jobs have keys; see `keyOf`. */
  readonly isKeyed: boolean;
  /** @throws HotspotsError JOB_INVALID when the data is not what the task asks for */
  readonly keyOf: (data: unknown) => string | undefined;
  /** @throws HotspotsError JOB_INVALID when the data is not what the task asks for; whatever the task throws */
  readonly perform: (data: unknown, context: TaskContext) => Promise<TaskOutcome>;
}

/** Work for the background: a function with checked data. List it in `tasks.ts`. */
export function defineTask<Data>(definition: TaskDefinition<Data>): Task {
  const { name, summary, data: schema, keyOf, run } = definition;
  return {
    name,
    summary,
    data: schema,
    retryLimit: definition.retryLimit ?? 5,
    retryDelay: definition.retryDelay ?? 10,
    expireInSeconds: definition.expireInSeconds ?? 3600,
    isKeyed: keyOf !== undefined,
    keyOf: (data) => keyOf?.(readData(name, schema, data)),
    perform: async (data, context) => await run(readData(name, schema, data), context),
  };
}

/** @throws HotspotsError JOB_INVALID, naming each field that the task cannot use */
export function checkData({ name, data: schema }: Task, data: unknown): void {
  readData(name, schema, data);
}

/** The data of a job, as it was given or as it was stored. */
function readData<Data>(task: string, schema: z.ZodType<Data>, data: unknown): Data {
  const read = schema.safeParse(data);
  if (read.success) return read.data;
  throw new HotspotsError(
    'JOB_INVALID',
    `The task ${task} was given data that it cannot use:\n${z.prettifyError(read.error)}`,
  );
}

/** How work in batches ended, as a job says it: "examined 12, past 3". */
export function batchedOutcome({ state, counts }: BatchedResult): TaskOutcome {
  const summary = Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
  return { state: state === 'stopped' ? 'stopped' : 'done', summary };
}

type CrawledCounts = Pick<
  CrawlResult,
  'runId' | 'state' | 'pages' | 'created' | 'updated' | 'unchanged' | 'rejected' | 'failed' | 'failures'
>;

/**
 * How a crawl ended, as a job says it.
 *
 * @param isStopping whether the worker is to stop, so that another one has to go on
 * @throws HotspotsError CRAWL_FAILED when nothing came of it, so that it is tried again
 */
export function crawlOutcome(source: string, result: CrawledCounts, isStopping: boolean): TaskOutcome {
  const { state, runId, created, updated, unchanged, rejected, failed, failures } = result;
  const [first] = failures;
  const summary =
    `Run ${runId} of ${source} ${state}: ${created} created, ${updated} updated, ${unchanged} unchanged, ` +
    `${rejected} rejected, pages that failed: ${failed}.${first === undefined ? '' : ` ${first.url}: ${first.error}`}`;
  if (hasFailed(result)) throw new HotspotsError('CRAWL_FAILED', summary);
  if (state === 'stopped' && isStopping) return { state: 'stopped', summary };
  return { state: failed > 0 || state === 'stopped' ? 'incomplete' : 'done', summary };
}

/** @throws HotspotsError JOB_INVALID when there is no such task, naming those there are */
export function taskNamed(tasks: ReadonlyMap<string, Task>, name: string): Task {
  const task = tasks.get(name);
  if (task !== undefined) return task;
  throw new HotspotsError(
    'JOB_INVALID',
    `There is no task ${JSON.stringify(name)}. Tasks are ${[...tasks.keys()].join(', ')}.`,
  );
}
