import { Gauge, type Registry } from 'prom-client';
import type { Sequelize } from 'sequelize';
import { z } from 'zod';

/** Sequelize's types leave its pool out. */
const managerSchema = z.object({
  pool: z.object({ using: z.number(), available: z.number(), waiting: z.number(), maxSize: z.number() }),
});

/** Adds how the database connections of this process are used; they are always up to date. */
export function poolMetrics(registry: Registry, sequelize: Sequelize): void {
  const connections = new Gauge({
    name: 'hotspots_database_connections',
    help: 'Connections of this process: in use, idle, allowed.',
    labelNames: ['state'] as const,
    registers: [registry],
    collect: () => {
      const { using, available, maxSize } = managerSchema.parse(sequelize.connectionManager).pool;
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
      waiting.set(managerSchema.parse(sequelize.connectionManager).pool.waiting);
    },
  });
}
