import { onlyRow } from '../../../database/only-row.ts';
import { HotspotsError } from '../../../errors.ts';
import { User } from '../../../records/index.ts';
import '../../access.ts';
import { createHash, randomBytes } from 'node:crypto';
import cookie from '@fastify/cookie';
import type { SessionStore } from '@fastify/session';
import session from '@fastify/session';
import type { FastifyRequest, Session } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import { QueryTypes, type Sequelize } from 'sequelize';

/**
 * A mark of a password hash for the session that was begun with it. A session without the mark of the present
 * password has ended, even if a request that was under way wrote it back.
 */
export function passwordMark(passwordHash: string): string {
  return createHash('sha256').update(passwordHash).digest('base64url').slice(0, 22);
}

/** What session cookies are signed with: made once for a database, so that all servers on it agree. */
export async function sessionSecret(sequelize: Sequelize): Promise<string> {
  const row = onlyRow(
    await sequelize.query<{ value: string }>(
      `INSERT INTO server_secrets AS known (name, value) VALUES ('session', $1)
     ON CONFLICT (name) DO UPDATE SET value = known.value RETURNING value`,
      { bind: [randomBytes(48).toString('base64url')], type: QueryTypes.SELECT },
    ),
  );
  return row.value;
}

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

/** Adds sessions, and `request.user`: who is signed in, read anew for each request. */
export const sessions = fastifyPlugin(
  async (app, { sequelize, secret, secure }: { sequelize: Sequelize; secret: string; secure: boolean }) => {
    await app.register(cookie);
    await app.register(session, {
      secret,
      store: sessionStore(sequelize),
      cookieName: 'hotspots_session',
      saveUninitialized: false,
      cookie: { httpOnly: true, sameSite: 'lax', secure, path: '/', maxAge: sessionHours.idle * 3_600_000 },
    });
    app.decorateRequest('user', null);
    app.addHook('onRequest', async (request) => {
      const { userId, passwordMark: mark } = request.session;
      const user = userId === undefined ? null : await User.findByPk(userId);
      const isCurrent =
        user?.isActive === true && user.passwordHash !== null && passwordMark(user.passwordHash) === mark;
      request.user = isCurrent ? user : null;
      if (userId !== undefined && !isCurrent) await request.session.regenerate();
    });
  },
);

/**
 * Who is signed in. Routes that are not public have somebody.
 *
 * @throws HotspotsError FORBIDDEN on a public route that nobody is signed in to
 */
export function signedInUser(request: FastifyRequest): User {
  if (request.user !== null) return request.user;
  throw new HotspotsError('FORBIDDEN', 'Nobody is signed in. Sign in first.');
}
