import type { Migration } from '../migrate.ts';

/**
 * What retention has removed from the log, and the root over what it kept: see src/audit/retention/README.md.
 * Append-only like the log itself.
 */
export const up: Migration['up'] = async ({ sequelize, transaction }) => {
  await sequelize.query(
    `
    CREATE TABLE log_prunes (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      pruned_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      older_than timestamptz NOT NULL,
      last_id bigint NOT NULL UNIQUE,
      removed_count bigint NOT NULL CHECK (removed_count >= 0),
      kept_count bigint NOT NULL CHECK (kept_count >= 0),
      kept_root bytea CHECK (octet_length(kept_root) = 32),
      columns text[] NOT NULL,
      pruned_by_email text NOT NULL,
      CONSTRAINT log_prunes_root CHECK ((kept_count = 0) = (kept_root IS NULL))
    );
    COMMENT ON COLUMN log_prunes.last_id IS 'Up to here the log has only what explains how things stood then.';
    COMMENT ON COLUMN log_prunes.kept_root IS 'The Merkle root over the entries up to last_id that were kept.';
    CREATE TRIGGER hotspots_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_prunes
      FOR EACH STATEMENT EXECUTE FUNCTION hotspots_log_is_append_only();
    ALTER TABLE log_prunes ENABLE ALWAYS TRIGGER hotspots_append_only;
    REVOKE UPDATE, DELETE, TRUNCATE ON log_prunes FROM PUBLIC;
    `,
    { transaction },
  );
};
