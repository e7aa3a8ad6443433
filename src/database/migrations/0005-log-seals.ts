import type { Migration } from '../migrate.ts';

/**
 * Seals over closed ranges of log entries: see src/audit/proof/README.md. Both unique hashes make the seals one
 * chain: two seals cannot follow the same one. They are append-only like the log itself.
 */
export const up: Migration['up'] = async ({ sequelize, transaction }) => {
  await sequelize.query(
    `
    CREATE TABLE log_seals (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      sealed_at timestamptz NOT NULL,
      first_id bigint NOT NULL,
      last_id bigint NOT NULL,
      entry_count bigint NOT NULL CHECK (entry_count > 0),
      root bytea NOT NULL CHECK (octet_length(root) = 32),
      previous_hash bytea NOT NULL UNIQUE CHECK (octet_length(previous_hash) = 32),
      hash bytea NOT NULL UNIQUE CHECK (octet_length(hash) = 32),
      columns text[] NOT NULL,
      chunk_last_ids bigint[] NOT NULL,
      chunk_roots bytea NOT NULL,
      CONSTRAINT log_seals_range CHECK (first_id <= last_id),
      CONSTRAINT log_seals_chunks CHECK (octet_length(chunk_roots) = 32 * cardinality(chunk_last_ids))
    );
    CREATE TRIGGER hotspots_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_seals
      FOR EACH STATEMENT EXECUTE FUNCTION hotspots_log_is_append_only();
    ALTER TABLE log_seals ENABLE ALWAYS TRIGGER hotspots_append_only;
    REVOKE UPDATE, DELETE, TRUNCATE ON log_seals FROM PUBLIC;
    `,
    { transaction },
  );
};
