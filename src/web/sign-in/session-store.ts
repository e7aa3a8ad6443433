import { createHash } from 'node:crypto';
import type { SessionStore } from '@fastify/session';
import type { Session } from 'fastify';
import { QueryTypes, type Sequelize } from 'sequelize';
import '../route-config.ts';

type Callback = (error?: unknown) => void;

/** Hours without a request after which a session ends, and hours after which it ends in any case. */
export const sessionHours = { idle: 12, absolute: 7 * 24 };

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

async function save(sequelize: Sequelize, sessionId: string, session: Session): Promise<void> {
  const { cookie, userId, ...data } = session;
  const absolute = (session.signedInAt ?? Date.now()) + sessionHours.absolute * 3_600_000;
  const idle = Date.now() + sessionHours.idle * 3_600_000;
  await sequelize.query(
    `INSERT INTO sessions AS known (id_hash, user_id, expires_at, data)
     SELECT $1, $2::bigint, to_timestamp($3 / 1000.0), $4::jsonb
     ON CONFLICT (id_hash) DO UPDATE SET expires_at = excluded.expires_at, data = excluded.data,
       user_id = coalesce(known.user_id, excluded.user_id)`,
    {
      bind: [
        sessionHash(sessionId),
        userId ?? null,
        Math.min(absolute, idle),
        JSON.stringify({ ...data, cookie }),
      ],
    },
  );
}

async function load(sequelize: Sequelize, sessionId: string): Promise<Session | null> {
  const [row] = await sequelize.query<{ userId: string | null; data: Session }>(
    `SELECT user_id AS "userId", data FROM sessions WHERE id_hash = $1 AND expires_at > now()`,
    { bind: [sessionHash(sessionId)], type: QueryTypes.SELECT },
  );
  if (row === undefined) return null;
  return { ...row.data, ...(row.userId !== null && { userId: row.userId }) };
}
