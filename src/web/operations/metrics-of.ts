import { Gauge, Histogram, Registry } from 'prom-client';
import type { Sequelize } from 'sequelize';
import { log } from '../../log.ts';
import { jobMetrics } from './job-metrics.ts';
import { logMetrics } from './log-metrics.ts';
import { poolMetrics } from './pool-metrics.ts';
import { runMetrics } from './run-metrics.ts';

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
