import type { Migration } from '../migrate.ts';

/**
 * Whether an event is over. It could be computed, but only in the time zone of each event; lists of what is still to
 * come ask an index instead.
 */
export const up: Migration['up'] = async ({ sequelize, transaction }) => {
  await sequelize.query(
    `
    ALTER TABLE events ADD COLUMN is_past boolean NOT NULL DEFAULT false;
    COMMENT ON COLUMN events.is_past IS 'Set and taken back by mark-past-events.';
    CREATE INDEX events_is_past ON events (is_past, coalesce(end_date, start_date));
    `,
    { transaction },
  );
};
