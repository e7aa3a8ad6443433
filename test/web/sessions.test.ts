import { QueryTypes } from 'sequelize';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { changeAccess } from '../../src/accounts/users.ts';
import { withSystemActor } from '../../src/audit/actors.ts';
import { bindModels } from '../../src/models.ts';
import { sessionSecret } from '../../src/web/pages/account/sessions.ts';
import { createTestDatabase } from '../helpers/test-database.ts';
import { startTestWeb, type TestWeb } from '../helpers/web-server.ts';

const database = await createTestDatabase();
const { sequelize } = database;
let web: TestWeb;
/** Slow requests stand still until this is called. */
let goOn: () => void;
/** Says that one has arrived. */
let reached: () => void;
let arrived: Promise<void>;

beforeAll(async () => {
  await bindModels(database);
  web = await startTestWeb(database, {
    addRoutes: (app) => {
      app.get('/slow', { config: { access: 'public' } }, async () => {
        const { promise, resolve } = Promise.withResolvers<void>();
        goOn = resolve;
        reached();
        await promise;
        return 'late';
      });
    },
  });
});
beforeEach(() => {
  ({ promise: arrived, resolve: reached } = Promise.withResolvers<void>());
});
afterAll(async () => {
  await web[Symbol.asyncDispose]();
  await database.close();
});

const stored = () =>
  sequelize.query<{ userId: string | null; seconds: number }>(
    `SELECT user_id AS "userId", extract(epoch FROM expires_at - now())::int AS seconds FROM sessions`,
    { type: QueryTypes.SELECT },
  );

describe('a request that is under way', () => {
  test('does not bring back the session that is signed out meanwhile', async () => {
    const visitor = await web.as('viewer');
    const { cookie } = visitor;
    const slow = visitor.get('/slow');
    await arrived;
    const elsewhere = web.visitor();
    elsewhere.cookie = cookie;
    expect((await elsewhere.post('/sign-out')).statusCode).toBe(303);
    goOn();
    expect((await slow).body).toBe('late');
    expect((await visitor.get('/review')).statusCode).toBe(303);
    visitor.cookie = cookie;
    expect((await visitor.get('/review')).statusCode).toBe(303);
  });

  test('does not bring back the sessions of a user who is deactivated meanwhile', async () => {
    const visitor = await web.as('editor');
    const slow = visitor.get('/slow');
    await arrived;
    for (const isActive of [false, true])
      await withSystemActor(() => changeAccess(sequelize, 'editor@example.org', { isActive }));
    goOn();
    await slow;
    expect((await visitor.get('/review')).statusCode).toBe(303);
  });
});

describe('the table of sessions', () => {
  test('does not fill with visitors who open no form', async () => {
    const before = (await stored()).length;
    for (const url of ['/', '/review', '/nowhere', '/assets/hotspots.css']) await web.visitor().get(url);
    expect(await stored()).toHaveLength(before);
  });

  test('does not fill with the sign-in forms of one address', async () => {
    await sequelize.query('DELETE FROM sessions');
    const codes: number[] = [];
    for (let n = 0; n < 65; n += 1) codes.push((await web.visitor('192.0.2.1').get('/sign-in')).statusCode);
    expect(codes).toEqual(Array.from({ length: 65 }, (_, n) => (n < 60 ? 200 : 429)));
    expect(await stored()).toHaveLength(60);
    expect((await web.visitor().get('/sign-in')).statusCode).toBe(200);
  });

  test('keeps a session without a user for an hour', async () => {
    await sequelize.query('DELETE FROM sessions');
    await web.visitor().get('/sign-in');
    const [session] = await stored();
    expect(session?.userId).toBeNull();
    expect(Math.round((session?.seconds ?? 0) / 60)).toBe(60);
  });

  test('loses sessions that have ended when new ones begin', async () => {
    await sequelize.query("UPDATE sessions SET expires_at = now() - interval '1 s'");
    await web.visitor().get('/sign-in');
    expect(await stored()).toEqual([{ userId: null, seconds: expect.any(Number) }]);
  });

  test('keeps a session for 12 hours after each request, and for seven days in all', async () => {
    await sequelize.query('DELETE FROM sessions');
    const visitor = await web.as('viewer');
    const hours = async () => Math.round(((await stored())[0]?.seconds ?? 0) / 360) / 10;
    expect(await hours()).toBe(12);
    await sequelize.query(
      `UPDATE sessions SET data = jsonb_set(data, '{signedInAt}', to_jsonb((data->>'signedInAt')::bigint - 6.9 * 86400000))`,
    );
    await visitor.get('/review');
    expect(await hours()).toBe(2.4);
  });
});

describe('the secret that cookies are signed with', () => {
  test('is made once, however many servers start at once', async () => {
    await sequelize.query('DELETE FROM server_secrets');
    const secrets = await Promise.all(Array.from({ length: 8 }, () => sessionSecret(sequelize)));
    expect(new Set(secrets).size).toBe(1);
    expect(secrets[0]?.length).toBeGreaterThanOrEqual(64);
    expect(await sessionSecret(sequelize)).toBe(secrets[0]);
  });
});
