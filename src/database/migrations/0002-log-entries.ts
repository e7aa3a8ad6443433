import type { Migration } from '../migrate.ts';

/**
 * The audit log. No foreign keys: an entry outlives its record, its actor and its run. Columns of fixed
 * width come first, which saves padding on a table that only grows.
 */
export const up: Migration['up'] = async ({ sequelize, transaction }) => {
  await sequelize.query(
    `
    CREATE TABLE log_entries (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      timestamp timestamptz NOT NULL DEFAULT clock_timestamp(),
      actor_id bigint,
      run_id bigint,
      action smallint NOT NULL CHECK (action BETWEEN 0 AND 3),
      model text NOT NULL,
      object_id text NOT NULL,
      object_label text NOT NULL,
      actor_email text NOT NULL,
      changes jsonb NOT NULL CHECK (jsonb_typeof(changes) = 'object'),
      correlation_id text,
      remote_address inet,
      source_url text,
      extra jsonb
    );
    CREATE INDEX log_entries_actor_email ON log_entries (actor_email, id);
    CREATE INDEX log_entries_run_id ON log_entries (run_id, id) WHERE run_id IS NOT NULL;
    CREATE INDEX log_entries_object ON log_entries (model, object_id, id);
    `,
    { transaction },
  );
};
