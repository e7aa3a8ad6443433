import type { Migration } from '../migrate.ts';

/** Who is signed in to the pages. Session ids are stored hashed: a copy of the table lets nobody in. */
export const up: Migration['up'] = async ({ sequelize, transaction }) => {
  await sequelize.query(
    `
    CREATE TABLE sessions (
      id_hash bytea PRIMARY KEY CHECK (octet_length(id_hash) = 32),
      user_id bigint REFERENCES users (id) ON DELETE CASCADE,
      created_at timestamptz NOT NULL DEFAULT now(),
      expires_at timestamptz NOT NULL,
      data jsonb NOT NULL
    );
    CREATE INDEX sessions_user_id ON sessions (user_id) WHERE user_id IS NOT NULL;
    CREATE INDEX sessions_expires_at ON sessions (expires_at);

    CREATE TABLE sign_in_failures (
      email text PRIMARY KEY,
      failures integer NOT NULL CHECK (failures > 0),
      last_at timestamptz NOT NULL,
      locked_until timestamptz
    );
    COMMENT ON TABLE sign_in_failures IS 'Also of e-mails that no user has: the answer must not tell which exist.';

    CREATE TABLE server_secrets (
      name text PRIMARY KEY,
      value text NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now()
    );
    `,
    { transaction },
  );
};
