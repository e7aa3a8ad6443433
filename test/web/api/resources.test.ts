import type { Sequelize } from 'sequelize';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LogEntry } from '../../../src/audit/log-entry.ts';
import type { Database } from '../../../src/database/open-database.ts';
import { bindModels } from '../../../src/models.ts';
import { resources } from '../../../src/web/api/resources.ts';
import { createTestDatabase } from '../../helpers/test-database.ts';
import { startTestWeb, type TestWeb } from '../../helpers/web-server.ts';
import { ApiClient } from './api-client.ts';

let database: Database;
let sequelize: Sequelize;
let web: TestWeb;
let [nobody, viewer, editor, admin]: ApiClient[] = [];
let placeId: string;
let eventId: string;
let vibeId: string;

beforeAll(async () => {
  database = await createTestDatabase({ poolSize: 1 });
  ({ sequelize } = database);
  await bindModels(database);
  web = await startTestWeb(database);
  nobody = new ApiClient(web.app, null);
  viewer = await ApiClient.as(web.app, sequelize, 'viewer');
  editor = await ApiClient.as(web.app, sequelize, 'editor');
  admin = await ApiClient.as(web.app, sequelize, 'admin');
  placeId = String((await editor.send('POST', '/places', { name: 'Old Mill' })).body.id);
  const event = {
    name: 'Fair',
    startDate: '2027-05-09T19:30:00-04:00',
    timeZone: 'America/New_York',
    placeId,
  };
  eventId = String((await editor.send('POST', '/events', event)).body.id);
  vibeId = String((await viewer.send('POST', '/user-vibes', { placeId, vibe: 'cosy' })).body.id);
});
afterAll(async () => {
  await web[Symbol.asyncDispose]();
  await database.close();
});

/** A whole record of each resource, and a change of it. */
const examples = (): Record<string, { whole: object; change: object }> => ({
  places: {
    whole: { name: 'Harbour Hall', latitude: 41.5, longitude: -70.5, categories: ['music'] },
    change: { telephone: '+15085550100' },
  },
  events: {
    whole: { name: 'Concert', startDate: '2027-06-01T18:00:00.000Z', timeZone: 'UTC', lowPrice: '12.50' },
    change: { status: 'EventPostponed', highPrice: '20' },
  },
  'user-vibes': { whole: { placeId, vibe: 'lively' }, change: { vibe: 'loud' } },
  'user-vibe-times': {
    whole: { userVibeId: vibeId, dayOfWeek: ['Friday'], opens: '18:00:00', closes: '02:00:00' },
    change: { dayOfWeek: ['Friday', 'Saturday'] },
  },
  'user-tips': { whole: { placeId, text: 'Sit by the window.' }, change: { text: 'Sit outside.' } },
  'place-images': {
    whole: { placeId, contentUrl: 'https://example.org/1.jpg' },
    change: { caption: 'At night' },
  },
  'event-images': { whole: { eventId, contentUrl: 'https://example.org/2.jpg' }, change: { position: 3 } },
});

describe.each(resources.map((resource) => [resource.path, resource] as const))('%s', (path, resource) => {
  const { access, model, ownership } = resource;
  const writer = () => (access.write === 'viewer' ? viewer : editor);
  const example = () => examples()[path] ?? { whole: {}, change: {} };

  test('can be created, read, listed, changed, replaced and deleted, and each write is its author’s', async () => {
    const created = await writer()?.send('POST', `/${path}`, example().whole, {
      'x-correlation-id': `make-${path}`,
    });
    expect(created).toMatchObject({
      status: 201,
      body: example().whole,
      headers: { 'x-correlation-id': `make-${path}` },
    });
    const id = String(created?.body.id);
    expect(created?.headers.location).toBe(`/api/v1/${path}/${id}`);
    expect(await writer()?.get(`/${path}/${id}`)).toMatchObject({ status: 200, body: created?.body });
    const list = await writer()?.get(`/${path}?order=-id&limit=1`);
    expect(list?.body.data).toEqual([created?.body]);

    const changed = await writer()?.send('PATCH', `/${path}/${id}`, example().change, {
      'content-type': 'application/merge-patch+json',
    });
    expect(changed).toMatchObject({ status: 200 });
    expect(changed?.body).not.toEqual(created?.body);
    const replaced = await writer()?.send('PUT', `/${path}/${id}`, example().whole);
    expect(replaced).toMatchObject({ status: 200, body: { ...example().whole } });
    expect({ ...replaced?.body, updatedAt: '' }).toEqual({ ...created?.body, updatedAt: '' });

    const remover = access.remove === 'admin' ? admin : writer();
    expect(await remover?.send('DELETE', `/${path}/${id}`)).toMatchObject({ status: 204 });
    expect(await writer()?.get(`/${path}/${id}`)).toMatchObject({
      status: 404,
      body: { code: 'RECORD_UNKNOWN' },
    });

    const entries = await LogEntry.findAll({
      where: { model: model.name, objectId: id },
      order: [['id', 'ASC']],
    });
    expect(entries.map(({ action }) => action)).toEqual([0, 1, 1, 2]);
    const email = `${access.write === 'viewer' ? 'viewer' : 'editor'}@example.org`;
    expect(entries.slice(0, 3).map(({ actorEmail }) => actorEmail)).toEqual([email, email, email]);
    expect(entries[0]).toMatchObject({ correlationId: `make-${path}`, remoteAddress: '127.0.0.1' });
  });

  test('is written by nobody who may not, and nothing is recorded of it', async () => {
    const before = await LogEntry.count();
    const { whole } = example();
    expect(await nobody?.send('POST', `/${path}`, whole)).toMatchObject({
      status: 401,
      headers: { 'www-authenticate': 'Bearer realm="hotspots"' },
      body: { code: 'UNAUTHENTICATED', status: 401 },
    });
    if (access.write !== 'viewer')
      expect(await viewer?.send('POST', `/${path}`, whole)).toMatchObject({
        status: 403,
        body: { code: 'FORBIDDEN' },
      });
    const reading = await nobody?.get(`/${path}`);
    expect(reading?.status).toBe(access.read === 'public' ? 200 : 401);
    expect(await LogEntry.count()).toBe(before);
  });

  test('says of each field what is wrong with it', async () => {
    const answer = await writer()?.send('POST', `/${path}`, { nonsense: 1 });
    expect(answer).toMatchObject({
      status: 422,
      headers: { 'content-type': 'application/problem+json; charset=utf-8' },
      body: { code: 'INPUT_INVALID', title: 'Invalid fields' },
    });
    const { errors } = answer?.body ?? {};
    const pointers = Array.isArray(errors) ? errors.map(({ pointer }) => pointer) : [];
    expect(pointers.sort()).toEqual(['/nonsense', ...resource.required.map((name) => `/${name}`)].sort());
  });

  if (ownership !== undefined) {
    test('belongs to its user: others may read it, only the owner and admins write it', async () => {
      const { whole, change } = example();
      const own = path === 'user-vibes' ? { ...whole, vibe: 'bright' } : whole;
      const { body } = (await viewer?.send('POST', `/${path}`, own)) ?? { body: { id: '' } };
      const one = `/${path}/${String(body.id)}`;
      expect((await editor?.get(one))?.status).toBe(200);
      expect(await editor?.send('PATCH', one, change)).toMatchObject({ status: 403 });
      expect(await editor?.send('DELETE', one)).toMatchObject({ status: 403 });
      expect((await admin?.send('PATCH', one, change))?.status).toBe(200);
      expect((await viewer?.send('DELETE', one))?.status).toBe(204);
    });
  }
});
