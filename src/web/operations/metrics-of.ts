import { Histogram, Registry } from 'prom-client';
import type { Sequelize } from 'sequelize';
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
  /** All metrics as they are now, in Prometheus' text format. */
  read(): Promise<string>;
}

/** The metrics of one server, in a registry of their own. The database is asked when they are read. */
export function metricsOf(sequelize: Sequelize): Metrics {
  const registry = new Registry();
  const durations = new Histogram({
    name: 'hotspots_http_request_duration_seconds',
    help: 'How long it took to answer requests, by the pattern of their route.',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  });
  poolMetrics(registry, sequelize);
  const updates = [runMetrics, logMetrics, jobMetrics].map((add) => add(registry, sequelize));
  return {
    contentType: registry.contentType,
    observe: ({ method, route, status, seconds }) =>
      durations.observe({ method, route, status: String(status) }, seconds),
    read: async () => {
      // One after another: to be watched must not take the connections that visitors need.
      for (const update of updates) await update();
      return await registry.metrics();
    },
  };
}
