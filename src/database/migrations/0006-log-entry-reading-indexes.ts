import type { Migration } from '../migrate.ts';

/**
 * For reading the log in steps: newest first within one model, within one request, and from a time on. A GIN
 * index of changed fields would cost each written entry more than these three together, and is left out.
 */
export const up: Migration['up'] = async ({ sequelize, transaction }) => {
  await sequelize.query(
    `
    CREATE INDEX log_entries_model ON log_entries (model, id);
    CREATE INDEX log_entries_correlation_id ON log_entries (correlation_id, id) WHERE correlation_id IS NOT NULL;
    CREATE INDEX log_entries_timestamp ON log_entries (timestamp, id);
    `,
    { transaction },
  );
};
