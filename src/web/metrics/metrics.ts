import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Sequelize } from 'sequelize';
import { logActions } from '../../audit/index.ts';
import { lastSealable } from '../../audit/proof/index.ts';
import { poolCounts } from '../../database/sequelize-internals.ts';
import { openSession } from '../../database/session.ts';
import { countDeadLetters, countJobs, countLiveWorkers, hasJobQueue } from '../../jobs/index.ts';
import { log } from '../../log.ts';
import { runMetrics } from './run-metrics.ts';

interface ActionCount {
  action: number;
  /** Of entries that no other can come below any more. */
  settled: string;
  all: string;
}

/**
 * Counts log entries by action again and again. Only the first count reads the whole log: what stands below an id
 * that no open transaction can still write under is not counted twice.
 *
 * @returns counts by the number of the action; calls that come meanwhile get the same answer
 */
export function entryCounter(sequelize: Sequelize): () => Promise<ReadonlyMap<number, number>> {
  const settled = new Map<number, number>();
  let settledId = '0';
  let running: Promise<ReadonlyMap<number, number>> | undefined;

  const count = async () => {
    const session = await openSession(sequelize);
    try {
      const boundary = (await lastSealable(session, 0)).id ?? settledId;
      // One statement, and begun after the boundary is known: it sees all that was written up to there.
      const { rows } = await session.query<ActionCount>(
        `SELECT action, count(*) FILTER (WHERE id <= $2) AS settled, count(*) AS all
         FROM log_entries WHERE id > $1 GROUP BY action`,
        [settledId, boundary],
      );
      const counts = new Map(settled);
      for (const { action, settled: below, all } of rows) {
        counts.set(action, (settled.get(action) ?? 0) + Number(all));
        settled.set(action, (settled.get(action) ?? 0) + Number(below));
      }
      settledId = boundary;
      return counts;
    } finally {
      await session.end();
    }
  };

  return () => {
    running ??= count().finally(() => {
      running = undefined;
    });
    return running;
  };
}

/**
 * Adds jobs by task and state, those that failed permanently, and workers.
 *
 * @returns brings them up to date
 */
export function jobMetrics(registry: Registry, sequelize: Sequelize): () => Promise<void> {
  const registers = [registry];
  const jobs = new Gauge({
    name: 'hotspots_jobs',
    help: 'Jobs by task and state; those that ended are kept for 30 days.',
    labelNames: ['task', 'state'] as const,
    registers,
  });
  const dead = new Gauge({
    name: 'hotspots_dead_jobs',
    help: 'Jobs that failed permanently and were not sent again.',
    registers,
  });
  const workers = new Gauge({
    name: 'hotspots_workers',
    help: 'Workers that run, on all machines.',
    registers,
  });

  return async () => {
    if (!(await hasJobQueue(sequelize))) return;
    const counts = await countJobs(sequelize);
    dead.set(await countDeadLetters(sequelize));
    workers.set(await countLiveWorkers(sequelize));
    jobs.reset();
    for (const { task, ...states } of counts)
      for (const [state, count] of Object.entries(states)) jobs.set({ task, state }, count);
  };
}

/**
 * Adds how many log entries there are of each action.
 *
 * @returns brings them up to date
 */
export function logMetrics(registry: Registry, sequelize: Sequelize): () => Promise<void> {
  const entries = new Counter({
    name: 'hotspots_log_entries_total',
    help: 'Log entries by action. What retention removes is still counted until the server restarts.',
    labelNames: ['action'] as const,
    registers: [registry],
  });
  const count = entryCounter(sequelize);
  return async () => {
    const counts = await count();
    entries.reset();
    for (const [action, name] of logActions.entries()) entries.inc({ action: name }, counts.get(action) ?? 0);
  };
}

/** Adds how the database connections of this process are used; they are always up to date. */
export function poolMetrics(registry: Registry, sequelize: Sequelize): void {
  const connections = new Gauge({
    name: 'hotspots_database_connections',
    help: 'Connections of this process: in use, idle, allowed.',
    labelNames: ['state'] as const,
    registers: [registry],
    collect: () => {
      const { using, available, maxSize } = poolCounts(sequelize);
      connections.set({ state: 'used' }, using);
      connections.set({ state: 'idle' }, available);
      connections.set({ state: 'allowed' }, maxSize);
    },
  });
  const waiting = new Gauge({
    name: 'hotspots_database_connection_waits',
    help: 'Queries of this process that wait for a connection.',
    registers: [registry],
    collect: () => {
      waiting.set(poolCounts(sequelize).waiting);
    },
  });
}

/** One request that was answered. */
export interface AnsweredRequest {
  readonly method: string;
  /** The pattern of its route; "none" when it has none. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

export interface Metrics {
  /** What `read` gives, as a media type. */
  readonly contentType: string;
  /** Counts the request in. */
  observe(request: AnsweredRequest): void;
  /** All metrics as they are now, in Prometheus' text format; only those of this process while the database is away. */
  read(): Promise<string>;
}

/** The metrics of one server, in registries of their own. The database is asked when they are read. */
export function metricsOf(sequelize: Sequelize): Metrics {
  const ofProcess = new Registry();
  const ofDatabase = new Registry();
  const durations = new Histogram({
    name: 'hotspots_http_request_duration_seconds',
    help: 'How long it took to answer requests, by the pattern of their route.',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [ofProcess],
  });
  const up = new Gauge({
    name: 'hotspots_database_up',
    help: '1 when the database has answered all that metrics asked, else 0, and what it knows is left out.',
    registers: [ofProcess],
  });
  poolMetrics(ofProcess, sequelize);
  const updates = [runMetrics, logMetrics, jobMetrics].map((add) => add(ofDatabase, sequelize));
  const update = async () => {
    try {
      // One after another: to be watched must not take the connections that visitors need.
      for (const each of updates) await each();
      return true;
    } catch (error) {
      log.warn('Metrics could not be read from the database', { error });
      return false;
    }
  };
  return {
    contentType: ofProcess.contentType,
    observe: ({ method, route, status, seconds }) =>
      durations.observe({ method, route, status: String(status) }, seconds),
    read: async () => {
      const isUp = await update();
      up.set(isUp ? 1 : 0);
      const shown = isUp ? [ofProcess, ofDatabase] : [ofProcess];
      return (await Promise.all(shown.map((registry) => registry.metrics()))).join('\n');
    },
  };
}
