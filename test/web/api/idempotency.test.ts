import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LogEntry } from '../../../src/audit/log-entry.ts';
import type { Database } from '../../../src/database/open-database.ts';
import { bindModels } from '../../../src/models.ts';
import { Place } from '../../../src/records/place.ts';
import { createTestDatabase } from '../../helpers/test-database.ts';
import { waitForBlocked } from '../../helpers/wait-for-blocked.ts';
import { startTestWeb, type TestWeb } from '../../helpers/web-server.ts';
import { ApiClient } from './api-client.ts';

let database: Database;
let web: TestWeb;
let editor: ApiClient;
let admin: ApiClient;

beforeAll(async () => {
  database = await createTestDatabase();
  await bindModels(database);
  web = await startTestWeb(database);
  editor = await ApiClient.as(web.app, database.sequelize, 'editor');
  admin = await ApiClient.as(web.app, database.sequelize, 'admin');
});
afterAll(async () => {
  await web[Symbol.asyncDispose]();
  await database.close();
});

let keys = 0;

function newKey(): { 'idempotency-key': string } {
  keys += 1;
  return { 'idempotency-key': `key ${keys}` };
}

const places = (name: string) => Place.count({ where: { name } });

describe('a POST with an Idempotency-Key', () => {
  test('is done once, and answered the same again', async () => {
    const key = newKey();
    const first = await editor.send('POST', '/places', { name: 'Once' }, key);
    const second = await editor.send('POST', '/places', { name: 'Once' }, key);
    expect(first.headers['idempotency-replayed']).toBeUndefined();
    expect(second).toMatchObject({
      status: 201,
      body: first.body,
      headers: {
        'idempotency-replayed': 'true',
        location: first.headers.location,
        etag: first.headers.etag,
      },
    });
    expect(await places('Once')).toBe(1);
    expect(await LogEntry.count({ where: { model: 'Place', objectId: String(first.body.id) } })).toBe(1);
  });

  test('is answered as it was then, though the record has changed or is gone', async () => {
    const key = newKey();
    const first = await editor.send('POST', '/places', { name: 'Gone' }, key);
    await editor.send('PATCH', `/places/${String(first.body.id)}`, { name: 'Renamed' });
    await admin.send('DELETE', `/places/${String(first.body.id)}`);
    expect((await editor.send('POST', '/places', { name: 'Gone' }, key)).body).toEqual(first.body);
    expect(await places('Gone')).toBe(0);
  });

  test('is refused when the key came with another request', async () => {
    const key = newKey();
    const { body } = await editor.send('POST', '/places', { name: 'One' }, key);
    for (const [path, other] of [
      ['/places', { name: 'Another' }],
      ['/events', { name: 'One' }],
      [`/places/${String(body.id)}/close`, { reason: 'moved' }],
    ] as const) {
      const answer = await editor.send('POST', path, other, key);
      expect(answer).toMatchObject({ status: 422 });
      if (path !== '/events') expect(answer.body.code).toBe('IDEMPOTENCY_KEY_REUSED');
    }
    expect(await places('Another')).toBe(0);
    expect(await Place.findByPk(String(body.id))).toMatchObject({ isClosed: false });
  });

  test('has a key of its user’s own', async () => {
    const key = newKey();
    const [one, two] = [
      await editor.send('POST', '/places', { name: 'Mine' }, key),
      await admin.send('POST', '/places', { name: 'Mine' }, key),
    ];
    expect(one.body.id).not.toBe(two.body.id);
  });

  test('is done once when it is sent ten times at once', async () => {
    const key = newKey();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => editor.send('POST', '/places', { name: 'At once' }, key)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers['idempotency-replayed'] === 'true')).toHaveLength(9);
    expect(await places('At once')).toBe(1);
  });

  test('frees its key when it fails', async () => {
    const key = newKey();
    const vibe = { placeId: '999999', vibe: 'cosy' };
    expect(await editor.send('POST', '/user-vibes', vibe, key)).toMatchObject({ status: 422 });
    expect(await editor.send('POST', '/places', { name: 'Next' }, key)).toMatchObject({ status: 201 });
  });

  test('waits for no expired keys that another request is removing', async () => {
    const old = newKey();
    const key = newKey();
    await editor.send('POST', '/places', { name: 'Old' }, old);
    await database.sequelize.query("UPDATE idempotency_keys SET created_at = now() - interval '25 hours'");
    await database.sequelize.transaction(async (transaction) => {
      await database.sequelize.query('SELECT FROM idempotency_keys FOR UPDATE', { transaction });
      expect(await editor.send('POST', '/places', { name: 'New' }, key)).toMatchObject({ status: 201 });
    });
    // A day later the key is as good as new.
    expect((await editor.send('POST', '/places', { name: 'Old' }, old)).headers).not.toHaveProperty(
      'idempotency-replayed',
    );
    expect(await places('Old')).toBe(2);
  });

  test('says that it is being answered when that takes long', async () => {
    const key = newKey();
    const { body } = await editor.send('POST', '/places', { name: 'Slow' });
    const path = `/places/${String(body.id)}/close`;
    const transaction = await database.sequelize.transaction();
    await Place.findByPk(String(body.id), { transaction, lock: true });
    const first = editor.send('POST', path, {}, key);
    await waitForBlocked(database.sequelize);
    const second = await editor.send('POST', path, {}, key);
    await transaction.commit();
    expect(second).toMatchObject({ status: 409, body: { code: 'IDEMPOTENCY_KEY_BUSY' } });
    expect((await first).status).toBe(200);
  });

  test.each(['', 'é', 'a'.repeat(256)])('is refused with a key such as %j', async (key) => {
    expect(await editor.send('POST', '/places', { name: 'A' }, { 'idempotency-key': key })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: 'Idempotency-Key' }] },
    });
  });
});
