import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LogEntry } from '../../../src/audit/log-entry.ts';
import type { Database } from '../../../src/database/open-database.ts';
import { bindModels } from '../../../src/models.ts';
import { Event } from '../../../src/records/event.ts';
import { Place } from '../../../src/records/place.ts';
import { createTestDatabase } from '../../helpers/test-database.ts';
import { waitForBlocked } from '../../helpers/wait-for-blocked.ts';
import { startTestWeb, type TestWeb } from '../../helpers/web-server.ts';
import { ApiClient } from './api-client.ts';

let database: Database;
let web: TestWeb;
let viewer: ApiClient;
let editor: ApiClient;

beforeAll(async () => {
  database = await createTestDatabase();
  await bindModels(database);
  web = await startTestWeb(database);
  viewer = await ApiClient.as(web.app, database.sequelize, 'viewer');
  editor = await ApiClient.as(web.app, database.sequelize, 'editor');
});
afterAll(async () => {
  await web[Symbol.asyncDispose]();
  await database.close();
});

async function make(path: string, body: object, client = editor): Promise<string> {
  const answer = await client.send('POST', path, body);
  expect(answer).toMatchObject({ status: 201 });
  return String(answer.body.id);
}

const place = (more: object = {}) => make('/places', { name: 'Old Mill', ...more });
const event = (placeId: string) =>
  make('/events', { name: 'Fair', startDate: '2027-05-09T12:00:00Z', timeZone: 'UTC', placeId });

/** What the log has of one request, in its order. */
async function entriesOf(correlationId: string) {
  const entries = await LogEntry.findAll({ where: { correlationId }, order: [['id', 'ASC']] });
  for (const entry of entries)
    expect(entry).toMatchObject({
      actorId: web.users.editor.id,
      actorEmail: 'editor@example.org',
      action: 1,
    });
  return entries.map(({ model, objectId, changes }) => [model, objectId, Object.keys(changes ?? {}).sort()]);
}

describe('closing a place', () => {
  test('is recorded with its reason, and changes nothing the second time', async () => {
    const id = await place();
    const close = () =>
      editor.send('POST', `/places/${id}/close`, { reason: 'burnt down' }, { 'x-correlation-id': 'close-1' });
    expect(await close()).toMatchObject({ status: 200, body: { id, isClosed: true } });
    expect((await close()).body).toMatchObject({ isClosed: true });
    expect(await entriesOf('close-1')).toEqual([['Place', id, ['isClosed']]]);
    const entry = await LogEntry.findOne({ where: { correlationId: 'close-1' }, rejectOnEmpty: true });
    expect(entry.extra).toMatchObject({ reason: 'burnt down' });
  });

  test('needs no body', async () => {
    const id = await place();
    expect((await editor.send('POST', `/places/${id}/close`)).body).toMatchObject({ isClosed: true });
  });
});

describe('cancelling an event', () => {
  test('is recorded with its reason', async () => {
    const id = await event(await place());
    const answer = await editor.send(
      'POST',
      `/events/${id}/cancel`,
      { reason: 'rain' },
      { 'x-correlation-id': 'c-1' },
    );
    expect(answer).toMatchObject({ status: 200, body: { id, status: 'EventCancelled' } });
    expect(await entriesOf('c-1')).toEqual([['Event', id, ['status']]]);
  });
});

describe('merging places', () => {
  test('saves many records with one author and one correlation id', async () => {
    const id = await place();
    const duplicate = await place({ telephone: '+15085550100' });
    const eventId = await event(duplicate);
    const contentUrl = 'https://example.org/1.jpg';
    const imageId = await make('/place-images', { placeId: duplicate, contentUrl });
    const tipId = await make('/user-tips', { placeId: duplicate, text: 'Sit outside.' }, viewer);
    const vibeId = await make('/user-vibes', { placeId: duplicate, vibe: 'cosy' }, viewer);

    const body = { duplicateIds: [duplicate] };
    const answer = await editor.send('POST', `/places/${id}/merge`, body, { 'x-correlation-id': 'merge-1' });
    expect(answer).toMatchObject({ status: 200, body: { id, telephone: '+15085550100' } });
    expect((await editor.get(`/places/${id}`)).headers.etag).toBe(answer.headers.etag);
    expect((await editor.get(`/places/${duplicate}`)).body).toMatchObject({
      isDuplicate: true,
      isClosed: true,
      duplicateOfId: id,
    });
    expect((await entriesOf('merge-1')).sort()).toEqual(
      [
        ['Event', eventId, ['placeId']],
        ['Place', id, ['telephone']],
        ['Place', duplicate, ['duplicateOfId', 'isClosed', 'isDuplicate']],
        ['PlaceImage', imageId, ['placeId']],
        ['UserTip', tipId, ['placeId']],
        ['UserVibe', vibeId, ['placeId']],
      ].sort(),
    );
  });

  test('is done as a whole or not at all', async () => {
    const [id, duplicate] = [await place(), await place()];
    await event(duplicate);
    const before = await LogEntry.count();
    const merge = (duplicateIds: unknown, path = id) =>
      editor.send('POST', `/places/${path}/merge`, { duplicateIds });
    expect(await merge([duplicate, '999999'])).toMatchObject({
      status: 404,
      body: { code: 'PLACE_UNKNOWN' },
    });
    expect(await merge([duplicate, id])).toMatchObject({ status: 409, body: { code: 'MERGE_REFUSED' } });
    expect(await merge([duplicate], '999999')).toMatchObject({
      status: 404,
      body: { code: 'RECORD_UNKNOWN' },
    });
    for (const none of [[], [7], 'x', [''], Array.from({ length: 101 }, () => duplicate)])
      expect(await merge(none)).toMatchObject({ status: 422, body: { code: 'INPUT_INVALID' } });
    expect(await LogEntry.count()).toBe(before);
    expect(await Place.count({ where: { id: [id, duplicate], isDuplicate: false } })).toBe(2);
  });

  test('of each other at once is done by one of the two', async () => {
    const [one, two] = [await place(), await place()];
    const merge = (id: string, duplicate: string) =>
      editor.send('POST', `/places/${id}/merge`, { duplicateIds: [duplicate] });
    const answers = await Promise.all([merge(one, two), merge(two, one)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await Place.count({ where: { id: [one, two], isDuplicate: true } })).toBe(1);
  });

  test('locks its places in the order of their numbers, so that crossing merges wait', async () => {
    const [first, second] = [await place(), await place()];
    const { sequelize } = database;
    const transaction = await sequelize.transaction();
    await Place.findByPk(first, { transaction, lock: true });
    const merging = editor.send('POST', `/places/${second}/merge`, { duplicateIds: [first] });
    await waitForBlocked(sequelize);
    expect(await Place.findByPk(second, { transaction, lock: true, skipLocked: true })).not.toBeNull();
    await transaction.commit();
    expect(await merging).toMatchObject({ status: 200, body: { id: second } });
  });

  test('says that its places have changed before it merges them', async () => {
    const [id, duplicate] = [await place(), await place()];
    const headers = { 'if-match': '"another"' };
    const answer = await editor.send('POST', `/places/${id}/merge`, { duplicateIds: [duplicate] }, headers);
    expect(answer).toMatchObject({ status: 412, body: { code: 'PRECONDITION_FAILED' } });
  });

  test('with a key is done once', async () => {
    const [id, duplicate] = [await place(), await place()];
    const eventId = await event(duplicate);
    const merge = () =>
      editor.send('POST', `/places/${id}/merge`, { duplicateIds: [duplicate] }, { 'idempotency-key': 'm' });
    const first = await merge();
    expect(await merge()).toMatchObject({ status: 200, body: first.body });
    expect(await LogEntry.count({ where: { model: 'Event', objectId: eventId, action: 1 } })).toBe(1);
    expect((await Event.findByPk(eventId))?.placeId).toBe(id);
  });
});

test('is for editors', async () => {
  const id = await place();
  const eventId = await event(id);
  for (const path of [`/places/${id}/close`, `/places/${id}/merge`, `/events/${eventId}/cancel`])
    expect(await viewer.send('POST', path, {})).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
});
