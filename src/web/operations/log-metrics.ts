import { Counter, type Registry } from 'prom-client';
import type { Sequelize } from 'sequelize';
import { logActions } from '../../audit/index.ts';
import { entryCounter } from './entry-counter.ts';

/**
 * Adds how many log entries there are of each action.
 *
 * @returns brings them up to date
 */
export function logMetrics(registry: Registry, sequelize: Sequelize): () => Promise<void> {
  const entries = new Counter({
    name: 'hotspots_log_entries_total',
    help: 'Log entries by action. What retention removes is still counted until the server starts anew.',
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
