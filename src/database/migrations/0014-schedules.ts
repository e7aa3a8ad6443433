import type { Migration } from '../migrate.ts';

/** When work that is done again and again is due next. What it is, and when, is in `crawlers/sources.yaml`. */
export const up: Migration['up'] = async ({ sequelize, transaction }) => {
  await sequelize.query(
    `
    CREATE TABLE schedules (
      task text NOT NULL,
      key text NOT NULL,
      cron text NOT NULL,
      time_zone text NOT NULL,
      data jsonb NOT NULL DEFAULT '{}',
      due_at timestamptz NOT NULL,
      PRIMARY KEY (task, key)
    );
    CREATE INDEX schedules_due_at ON schedules (due_at);
    `,
    { transaction },
  );
};
