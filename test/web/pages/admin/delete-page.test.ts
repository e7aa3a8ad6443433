import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { withUserActor } from '../../../../src/audit/actors.ts';
import { LogEntry } from '../../../../src/audit/log-entry.ts';
import { bindModels } from '../../../../src/models.ts';
import { UserTip } from '../../../../src/records/contributions.ts';
import { Event } from '../../../../src/records/event.ts';
import { Place } from '../../../../src/records/place.ts';
import { SourceRecord } from '../../../../src/records/sources.ts';
import { createTestDatabase } from '../../../helpers/test-database.ts';
import { startTestWeb, type TestWeb, type Visitor } from '../../../helpers/web-server.ts';
import { formOf, parsePage, textOf, textsOf } from '../review/helpers/parse-page.ts';

const database = await createTestDatabase({ poolSize: 1 });
const ana = { id: null, email: 'ana@example.org' };
let web: TestWeb;
let admin: Visitor;
let place: Place;

beforeAll(async () => {
  await bindModels(database);
  web = await startTestWeb(database);
  admin = await web.as('admin');
});
beforeEach(async () => {
  place = await withUserActor(ana, () => Place.create({ name: 'Old Mill' }));
});
afterAll(async () => {
  await web[Symbol.asyncDispose]();
  await database.close();
});

const path = () => `/admin/places/${place.id}`;

test('asks first, says what points to the record, and deletes it as who is signed in', async () => {
  await SourceRecord.create({
    kind: 'place',
    sourceName: 'town',
    externalId: '1',
    url: 'https://a.example/',
    placeId: place.id,
    eventId: null,
    lastSeenRunId: null,
    pageKey: crypto.randomUUID(),
    contentHash: crypto.randomUUID(),
  });
  const $ = parsePage(await admin.get(`${path()}/delete`));
  expect(textOf($, 'h1')).toBe('Delete Old Mill?');
  expect(textOf($, 'main')).toContain(
    'Nothing points to it. Shown on 1 page of sources town: https://a.example/',
  );
  const { action, fields } = formOf($, 'Delete the place');
  const answer = await admin.post(action, fields);
  expect(answer.headers.location).toBe(`/review/records/Place/${place.id}`);
  expect(await Place.findByPk(place.id)).toBeNull();
  const last = await LogEntry.findOne({
    where: { model: 'Place', objectId: place.id },
    order: [['id', 'DESC']],
  });
  expect(last).toMatchObject({
    actorEmail: 'admin@example.org',
    correlationId: answer.headers['x-correlation-id'],
  });
  const history = parsePage(await admin.get(String(answer.headers.location)));
  expect(textOf(history, '[role=status]')).toBe('Old Mill was deleted. Its last change can be undone.');
  expect((await admin.get(path())).statusCode).toBe(404);
});

test('offers no button while records point to it, and deletes nothing when they came in between', async () => {
  const { action } = formOf(parsePage(await admin.get(`${path()}/delete`)), 'Delete the place');
  await withUserActor(ana, async () => {
    await Event.create({ name: 'Fair', placeId: place.id, timeZone: 'UTC', startDate: new Date() });
    await UserTip.create({ placeId: place.id, userId: web.users.viewer.id, text: 'Go early.' });
  });
  const refused = await admin.post(action);
  expect(refused.statusCode).toBe(409);
  const $ = parsePage({ ...refused, statusCode: 200 });
  expect(textOf($, '[role=alert]')).toBe('It was not deleted: something points to it.');
  expect(textsOf($, 'main ul li')).toEqual([
    'Events: 1; they stand in the way',
    'Tips: 1; they stand in the way',
  ]);
  expect($(`li a[href="/admin/events?placeId=${place.id}"]`)).toHaveLength(1);
  expect($('button:contains("Delete")')).toHaveLength(0);
  expect(await Place.findByPk(place.id)).not.toBeNull();
  const $record = parsePage(await admin.get(path()));
  expect(textOf($record, 'main')).toContain('Related: Events (1), Tips (1)');
});

test('is for admins: others are neither shown the way nor let in', async () => {
  for (const role of ['viewer', 'reviewer', 'editor'] as const) {
    const visitor = await web.as(role);
    expect(parsePage(await visitor.get(path()))('a[href$="/delete"]')).toHaveLength(0);
    for (const answer of [await visitor.get(`${path()}/delete`), await visitor.post(`${path()}/delete`)])
      expect([role, answer.statusCode]).toEqual([role, 403]);
  }
  expect(await Place.findByPk(place.id)).not.toBeNull();
});
