import { createHash } from 'node:crypto';
import type { SessionStore } from '@fastify/session';
import type { Session } from 'fastify';
import { QueryTypes, type Sequelize } from 'sequelize';
import '../route-config.ts';

type Callback = (error?: unknown) => void;

/** Hours without a request after which a session ends, with a user and without, and after which it ends in any case. */
export const sessionHours = { idle: 12, anonymous: 1, absolute: 7 * 24 };

/** What a session is stored under: its id itself would let in whoever reads the table. */
export function sessionHash(sessionId: string): Buffer {
  return createHash('sha256').update(sessionId).digest();
}

/** Sessions in the table `sessions`. */
export function sessionStore(sequelize: Sequelize): SessionStore {
  return {
    set: (sessionId, session, callback) => settle(save(sequelize, sessionId, session), callback),
    get: (sessionId, callback) => {
      load(sequelize, sessionId).then(
        (session) => callback(null, session),
        (error: unknown) => callback(error),
      );
    },
    destroy: (sessionId, callback) => {
      const hash = sessionHash(sessionId);
      settle(sequelize.query('DELETE FROM sessions WHERE id_hash = $1', { bind: [hash] }), callback);
    },
  };
}

function settle(work: Promise<unknown>, callback: Callback): void {
  work.then(() => callback(), callback);
}

/**
 * A session that was read is only ever updated: a request that was under way while its user signed out, or was signed
 * out, must not bring it back.
 */
async function save(sequelize: Sequelize, sessionId: string, session: Session): Promise<void> {
  const { cookie, userId, isStored, ...data } = session;
  const absolute = (session.signedInAt ?? Date.now()) + sessionHours.absolute * 3_600_000;
  const idle = Date.now() + (userId === undefined ? sessionHours.anonymous : sessionHours.idle) * 3_600_000;
  await sequelize.query(isStored === true ? update : insert, {
    bind: [
      sessionHash(sessionId),
      userId ?? null,
      Math.min(absolute, idle),
      JSON.stringify({ ...data, cookie }),
    ],
  });
  session.isStored = true;
}

const update = `
  UPDATE sessions SET user_id = coalesce(user_id, $2::bigint), expires_at = to_timestamp($3 / 1000.0), data = $4::jsonb
  WHERE id_hash = $1`;

/** Each new session clears away some that have ended, so that they do not pile up. */
const insert = `
  WITH ended AS (
    DELETE FROM sessions WHERE id_hash IN
      (SELECT id_hash FROM sessions WHERE expires_at <= now() LIMIT 100 FOR UPDATE SKIP LOCKED)
  )
  INSERT INTO sessions (id_hash, user_id, expires_at, data)
  SELECT $1, $2::bigint, to_timestamp($3 / 1000.0), $4::jsonb`;

async function load(sequelize: Sequelize, sessionId: string): Promise<Session | null> {
  const [row] = await sequelize.query<{ userId: string | null; data: Session }>(
    `SELECT user_id AS "userId", data FROM sessions WHERE id_hash = $1 AND expires_at > now()`,
    { bind: [sessionHash(sessionId)], type: QueryTypes.SELECT },
  );
  if (row === undefined) return null;
  return { ...row.data, isStored: true, ...(row.userId !== null && { userId: row.userId }) };
}
