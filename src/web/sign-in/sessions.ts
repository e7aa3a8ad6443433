import cookie from '@fastify/cookie';
import session from '@fastify/session';
import fastifyPlugin from 'fastify-plugin';
import type { Sequelize } from 'sequelize';
import { User } from '../../records/user.ts';
import { passwordMark } from './password-mark.ts';
import { sessionHours, sessionStore } from './session-store.ts';
import '../route-config.ts';

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
