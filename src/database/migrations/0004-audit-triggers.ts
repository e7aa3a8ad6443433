import type { Migration } from '../migrate.ts';

/**
 * What the audit triggers of all tables share, and a log that only grows. The triggers themselves depend on
 * which models are registered, and are made by `installTriggers`.
 */
export const up: Migration['up'] = async ({ sequelize, transaction }) => {
  await sequelize.query(
    `
    CREATE FUNCTION hotspots_audit_context(table_name text) RETURNS jsonb
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    DECLARE
      statement text := current_query();
      sent text;
      context jsonb;
    BEGIN
      IF starts_with(statement, '/*hotspots ') THEN
        sent := substring(split_part(statement, ' */', 1) FROM ' context=([A-Za-z0-9_-]+)$');
      END IF;
      IF sent IS NULL THEN
        RETURN jsonb_build_object(
          'actorEmail', 'database:' || session_user,
          'remoteAddress', host(inet_client_addr()),
          'extra', jsonb_build_object('applicationName', current_setting('application_name')));
      END IF;
      sent := rpad(translate(sent, '-_', '+/'), (length(sent) + 3) / 4 * 4, '=');
      context := convert_from(decode(sent, 'base64'), 'UTF8')::jsonb;
      IF context ? 'refuse' THEN
        RAISE EXCEPTION USING
          ERRCODE = 'HSA01',
          MESSAGE = format(
            'AUDIT_NO_ACTOR: The table "%s" was written outside an actor context, so nobody could be named as '
            'the author. Nothing was written. Wrap the call in withUserActor(user, fn), withSystemActor(fn) or '
            'withScraperActor(fn).', table_name);
      END IF;
      RETURN context;
    END
    $body$;
    COMMENT ON FUNCTION hotspots_audit_context IS
      'Who the running statement is recorded as: what the program sent in front of it, else the database role.';

    CREATE FUNCTION hotspots_log_is_append_only() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
    BEGIN
      IF current_setting('hotspots.retention', true) = 'on'
        AND pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE')
      THEN
        RETURN NULL;
      END IF;
      RAISE EXCEPTION USING
        ERRCODE = 'HSA02',
        MESSAGE = format(
          'AUDIT_APPEND_ONLY: %s of %s was refused: log entries are never changed or deleted. Only retention is '
          'allowed to, as the owner of the table, in a transaction with SET LOCAL hotspots.retention = on.',
          TG_OP, TG_TABLE_NAME);
    END
    $body$;

    CREATE TRIGGER hotspots_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_entries
      FOR EACH STATEMENT EXECUTE FUNCTION hotspots_log_is_append_only();
    -- Also where session_replication_role switches ordinary triggers off.
    ALTER TABLE log_entries ENABLE ALWAYS TRIGGER hotspots_append_only;
    REVOKE UPDATE, DELETE, TRUNCATE ON log_entries FROM PUBLIC;
    `,
    { transaction },
  );
};
