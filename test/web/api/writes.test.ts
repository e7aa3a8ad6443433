import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { LogEntry } from '../../../src/audit/log-entry.ts';
import type { Database } from '../../../src/database/open-database.ts';
import { bindModels } from '../../../src/models.ts';
import { createTestDatabase } from '../../helpers/test-database.ts';
import { startTestWeb, type TestWeb } from '../../helpers/web-server.ts';
import { ApiClient } from './api-client.ts';

let database: Database;
let web: TestWeb;
let nobody: ApiClient;
let editor: ApiClient;
let path: string;
let etag: string;

beforeAll(async () => {
  database = await createTestDatabase();
  await bindModels(database);
  web = await startTestWeb(database);
  nobody = new ApiClient(web.app, null);
  editor = await ApiClient.as(web.app, database.sequelize, 'editor');
});
afterAll(async () => {
  await web[Symbol.asyncDispose]();
  await database.close();
});
beforeEach(async () => {
  const { headers } = await editor.send('POST', '/places', { name: 'Old Mill', telephone: '+15085550100' });
  path = String(headers.location).replace('/api/v1', '');
  etag = String(headers.etag);
});

const other = '"AAAAAAAAAAAAAAAAAAAAAA"';

describe('the ETag of a record', () => {
  test('is the same wherever the record is answered, and another after each write', async () => {
    expect(etag).toMatch(/^"[\w-]{22}"$/);
    expect((await nobody.get(path)).headers.etag).toBe(etag);
    const changed = await editor.send('PATCH', path, { name: 'New Mill' });
    expect(changed.headers.etag).not.toBe(etag);
    expect((await nobody.get(path)).headers.etag).toBe(changed.headers.etag);
    const unchanged = await editor.send('PATCH', path, { name: 'New Mill' });
    expect(unchanged).toMatchObject({ status: 200, headers: { etag: changed.headers.etag } });
    const closed = await editor.send('POST', `${path}/close`, {});
    expect((await nobody.get(path)).headers.etag).toBe(closed.headers.etag);
  });

  test.each([
    ['itself', (tag: string) => tag],
    ['itself among others', (tag: string) => `${other}, ${tag}`],
    ['itself made weak by a proxy', (tag: string) => `W/${tag}`],
    ['any', () => '*'],
  ])('spares who knows it the body: If-None-Match with %s', async (_what, header) => {
    const answer = await nobody.get(path, { 'if-none-match': header(etag) });
    expect(answer).toMatchObject({ status: 304, headers: { etag }, body: { text: '' } });
    expect((await nobody.get(path, { 'if-none-match': other })).status).toBe(200);
  });
});

describe('a write that gets in the way of others', () => {
  beforeAll(() =>
    database.sequelize.query(`
      CREATE SEQUENCE attempts;
      CREATE FUNCTION deadlock() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        -- What a sequence has counted is not rolled back.
        IF nextval('attempts') < NEW.price_range::int THEN RAISE SQLSTATE '40P01'; END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER deadlock BEFORE UPDATE ON places FOR EACH ROW
        WHEN (NEW.name = 'Deadlock') EXECUTE FUNCTION deadlock();
    `),
  );
  beforeEach(() => database.sequelize.query('ALTER SEQUENCE attempts RESTART'));
  const write = (attempts: string) => editor.send('PATCH', path, { name: 'Deadlock', priceRange: attempts });

  test('is tried five times', async () => {
    expect(await write('5')).toMatchObject({ status: 200, body: { name: 'Deadlock' } });
  });

  test('is then a conflict, and nothing of it is written', async () => {
    expect(await write('6')).toMatchObject({ status: 409, body: { code: 'AUDIT_CONCURRENT_WRITE' } });
    expect((await nobody.get(path)).body).toMatchObject({ name: 'Old Mill', priceRange: null });
  });
});

describe('If-Match', () => {
  const writes = [
    ['PUT', '', { name: 'New Mill' }],
    ['PATCH', '', { name: 'New Mill' }],
    ['POST', '/close', { reason: 'moved' }],
    ['DELETE', '', undefined],
  ] as const;

  test.each(writes)('lets %s%s through only over what its sender has seen', async (method, action, body) => {
    const sender = method === 'DELETE' ? await ApiClient.as(web.app, database.sequelize, 'admin') : editor;
    const before = await LogEntry.count();
    for (const header of [other, `W/${etag}`, 'nonsense', ''])
      expect(await sender.send(method, `${path}${action}`, body, { 'if-match': header })).toMatchObject({
        status: 412,
        body: { code: 'PRECONDITION_FAILED', detail: expect.stringContaining('Read it again') },
      });
    expect(await LogEntry.count()).toBe(before);
    const answer = await sender.send(method, `${path}${action}`, body, { 'if-match': `${other}, ${etag}` });
    expect(answer.status).toBe(method === 'DELETE' ? 204 : 200);
    expect(await LogEntry.count()).toBe(before + 1);
  });

  test('lets one of two through that have seen the same', async () => {
    const answers = await Promise.all(
      ['One', 'Two', 'Three'].map((name) => editor.send('PATCH', path, { name }, { 'if-match': etag })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412]);
  });
});

describe('writes', () => {
  test('change with PATCH only what is sent, and empty with null', async () => {
    const { body } = await editor.send('PATCH', path, { telephone: null, categories: ['mill'] });
    expect(body).toMatchObject({ name: 'Old Mill', telephone: null, categories: ['mill'] });
    expect(await editor.send('PATCH', path, { name: null })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/name' }] },
    });
    expect((await editor.send('PATCH', path, {})).body).toMatchObject(body);
  });

  test('empty with PUT what is not sent', async () => {
    await editor.send('PATCH', path, { categories: ['mill'], isClosed: true });
    const { body } = await editor.send('PUT', path, { name: 'New Mill' });
    expect(body).toMatchObject({ name: 'New Mill', telephone: null, categories: [], isClosed: false });
  });

  test.each([
    [{ latitude: 1 }, '/longitude'],
    [{ latitude: 91, longitude: 0 }, '/latitude'],
    [{ email: 'nobody' }, '/email'],
    [{ url: 'javascript:alert(1)' }, '/url'],
    [{ telephone: '555-0100' }, '/telephone'],
    [{ timeZone: 'Mars/Olympus' }, '/timeZone'],
    [{ addressCountry: 'usa' }, '/addressCountry'],
    [{ categories: 'music' }, '/categories'],
    [{ categories: ['a', 7] }, '/categories/1'],
    [{ aggregateRating: { ratingValue: 4 } }, '/aggregateRating/ratingCount'],
    [{ name: 'a\0b' }, '/name'],
    [{ name: '\ud800' }, '/name'],
    [{ name: ' ' }, '/name'],
    [{ 'a/b~c': 1 }, '/a~1b~0c'],
    [{ id: '7' }, '/id'],
    [{ createdAt: '2027-01-01T00:00:00Z' }, '/createdAt'],
  ])('name the field of %j that is wrong', async (change, pointer) => {
    const { status, body } = await editor.send('PATCH', path, change);
    const { errors } = body;
    expect(status).toBe(422);
    expect(Array.isArray(errors) ? errors.map((error) => error.pointer) : errors).toContain(pointer);
  });

  test('point only to what there is, and a duplicate to another place', async () => {
    const id = path.replace('/places/', '');
    expect(await editor.send('PATCH', path, { isDuplicate: true, duplicateOfId: '999999' })).toMatchObject({
      status: 422,
      body: { code: 'REFERENCE_UNKNOWN', errors: [{ pointer: '/duplicateOfId' }] },
    });
    for (const change of [{ duplicateOfId: '1' }, { isDuplicate: true, duplicateOfId: id }])
      expect(await editor.send('PATCH', path, change)).toMatchObject({
        status: 422,
        body: { errors: [{ pointer: '/duplicateOfId' }] },
      });
  });

  test('keep a record that others point to, and one of each kind that must be one', async () => {
    const placeId = path.replace('/places/', '');
    const vibe = { placeId, vibe: 'cosy' };
    expect((await editor.send('POST', '/user-vibes', vibe)).status).toBe(201);
    expect(await editor.send('POST', '/user-vibes', vibe)).toMatchObject({
      status: 409,
      body: {
        code: 'RECORD_EXISTS',
        errors: ['/userId', '/placeId', '/vibe'].map((pointer) => expect.objectContaining({ pointer })),
      },
    });
    const admin = await ApiClient.as(web.app, database.sequelize, 'admin');
    expect(await admin.send('DELETE', path)).toMatchObject({
      status: 409,
      body: { code: 'RECORD_REFERENCED' },
    });
  });

  test('give nobody a part of what is somebody else’s', async () => {
    const viewer = await ApiClient.as(web.app, database.sequelize, 'viewer');
    const placeId = path.replace('/places/', '');
    const make = async (sender: ApiClient, kind: string, body: object) =>
      String((await sender.send('POST', kind, body)).body.id);
    const own = await make(viewer, '/user-vibes', { placeId, vibe: 'cosy' });
    const other = await make(editor, '/user-vibes', { placeId, vibe: 'cosy' });
    const times = { dayOfWeek: ['Friday'], opens: '18:00', closes: '02:00' };
    const add = (userVibeId: string) => viewer.send('POST', '/user-vibe-times', { userVibeId, ...times });
    expect(await add(other)).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
    const { body } = await add(own);
    const time = `/user-vibe-times/${String(body.id)}`;
    expect(await viewer.send('PATCH', time, { userVibeId: other })).toMatchObject({ status: 403 });
    expect((await viewer.get(time)).body).toEqual(body);
    expect(await viewer.send('PATCH', `/user-vibes/${own}`, { userId: '1' })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/userId' }] },
    });
  });

  test('set an event as a whole: its end, prices and days', async () => {
    const event = { name: 'Fair', startDate: '2027-05-09T12:00:00Z', timeZone: 'utc' };
    const { headers, body } = await editor.send('POST', '/events', event);
    expect(body).toMatchObject({ startDate: '2027-05-09T12:00:00.000Z', timeZone: 'UTC', isPast: false });
    const one = String(headers.location).replace('/api/v1', '');
    for (const [change, pointer] of [
      [{ endDate: '2027-05-09T11:59:59Z' }, '/endDate'],
      [{ startDate: '10000-01-01T00:00:00Z' }, '/startDate'],
      [{ startDate: '2027-05-09T12:00:00' }, '/startDate'],
      [{ startDate: '2027-02-30T12:00:00Z' }, '/startDate'],
      [{ lowPrice: '5', highPrice: '4.99' }, '/highPrice'],
      [{ lowPrice: 5 }, '/lowPrice'],
      [{ allDay: true }, '/timeKnown'],
      [{ isPast: true }, '/isPast'],
    ] as const)
      expect(await editor.send('PATCH', one, change)).toMatchObject({
        status: 422,
        body: { errors: [{ pointer }] },
      });
  });
});
