import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { withUserActor } from '../../../../src/audit/actors.ts';
import { LogEntry } from '../../../../src/audit/log-entry.ts';
import { bindModels } from '../../../../src/models.ts';
import { UserTip } from '../../../../src/records/contributions.ts';
import { Event } from '../../../../src/records/event.ts';
import { Place } from '../../../../src/records/place.ts';
import { createTestDatabase } from '../../../helpers/test-database.ts';
import { startTestWeb, type TestWeb, type Visitor } from '../../../helpers/web-server.ts';
import { formOf, parsePage, textOf, textsOf } from '../review/helpers/parse-page.ts';

const database = await createTestDatabase({ poolSize: 1 });
const ana = { id: null, email: 'ana@example.org' };
let web: TestWeb;
let editor: Visitor;
let mill: Place;
let twin: Place;
let event: Event;

beforeAll(async () => {
  await bindModels(database);
  web = await startTestWeb(database);
  editor = await web.as('editor');
});
beforeEach(async () => {
  await withUserActor(ana, async () => {
    mill = await Place.create({ name: 'Old Mill', addressLocality: 'Oak Park', priceRange: '$' });
    twin = await Place.create({
      name: 'The Old Mill',
      addressLocality: 'Oak Park',
      telephone: '+13125550100',
      priceRange: '$$',
    });
    event = await Event.create({ name: 'Fair', placeId: twin.id, timeZone: 'UTC', startDate: new Date() });
    await UserTip.create({ placeId: twin.id, userId: web.users.viewer.id, text: 'Go early.' });
  });
});
afterAll(async () => {
  await web[Symbol.asyncDispose]();
  await database.close();
});

const path = () => `/admin/places/${mill.id}/merge`;
const button = 'Merge 1 place into Old Mill';

test('offers places that are called alike, and others that are searched or named by number', async () => {
  const boxes = ($: ReturnType<typeof parsePage>) =>
    $('[name=with][type=checkbox]')
      .toArray()
      .map((box) => $(box).attr('value'));
  expect(boxes(parsePage(await editor.get(path())))).toContain(twin.id);
  expect(boxes(parsePage(await editor.get(`${path()}?q=nothing+like+test`)))).toEqual([]);
  const found = parsePage(await editor.get(`${path()}?q=the+old&with=${twin.id}`));
  expect(found(`[value="${twin.id}"][type=checkbox]`).is(':checked')).toBe(true);
});

test('shows what moves, what is filled and what is not taken over, and writes nothing yet', async () => {
  const before = await LogEntry.count();
  const $ = parsePage(await editor.get(`${path()}?with=${twin.id}`));
  expect(textOf($, 'main ul')).toContain(
    `The Old Mill (${twin.id}) is marked as a closed duplicate of Old Mill`,
  );
  expect(textOf($, 'main ul')).toContain('Moved to Old Mill: 1 event, 1 tip.');
  expect(textsOf($, 'table:contains("filled") tbody tr')).toEqual([
    `Telephone added: +13125550100 place ${twin.id}`,
  ]);
  expect(textsOf($, 'table:contains("differ") tbody tr').map((row) => row.replace('removed: ', ''))).toEqual([
    `Name Old Mill The Old Mill place ${twin.id}`,
    `Price range $ $$ place ${twin.id}`,
  ]);
  expect(await LogEntry.count()).toBe(before);
});

test('merges as who is signed in, with one correlation id and the reason', async () => {
  const { action, fields } = formOf(parsePage(await editor.get(`${path()}?with=${twin.id}`)), button);
  const answer = await editor.post(action, [...fields, ['reason', 'The same building.']]);
  expect([answer.statusCode, answer.headers.location]).toEqual([303, `/admin/places/${mill.id}`]);
  expect(await mill.reload()).toMatchObject({ telephone: '+13125550100', priceRange: '$' });
  expect(await twin.reload()).toMatchObject({ isDuplicate: true, isClosed: true, duplicateOfId: mill.id });
  expect((await event.reload()).placeId).toBe(mill.id);
  const entries = await LogEntry.findAll({
    where: { correlationId: String(answer.headers['x-correlation-id']) },
  });
  expect(entries.map(({ model }) => model).sort()).toEqual(['Event', 'Place', 'Place', 'UserTip']);
  for (const { actorEmail } of entries) expect(actorEmail).toBe('editor@example.org');
  const $ = parsePage(await editor.get(`/admin/places/${mill.id}`));
  expect(textOf($, '[role=status]')).toBe('1 duplicate merged into Old Mill.');
});

test('merges nothing when a place was changed after the preview, and shows it anew', async () => {
  const { action, fields } = formOf(parsePage(await editor.get(`${path()}?with=${twin.id}`)), button);
  await withUserActor(ana, () => twin.update({ telephone: '+13125550199' }));
  const answer = await editor.post(action, fields);
  expect(answer.statusCode).toBe(409);
  const $ = parsePage({ ...answer, statusCode: 200 });
  expect(textOf($, '[role=alert]')).toContain('changed since the preview was made');
  expect(textOf($, 'table:contains("filled")')).toContain('+13125550199');
  expect((await twin.reload()).isDuplicate).toBe(false);
  const again = formOf($, button);
  expect((await editor.post(again.action, again.fields)).statusCode).toBe(303);
});

test('says why places cannot be merged, and lets others be chosen', async () => {
  for (const [ids, status, said] of [
    [mill.id, 409, 'cannot be merged into itself'],
    ['999999', 409, 'There is no place 999999'],
    ['x', 400, 'Duplicates are named by their numbers'],
    [Array.from({ length: 21 }, (_, index) => index + 1).join(), 400, '20 at most'],
  ] as const) {
    const answer = await editor.get(`${path()}?with=${ids}`);
    expect([ids, answer.statusCode]).toEqual([ids, status]);
    expect(answer.body).toContain(said);
    if (status === 409) expect(answer.body).toContain('Which places are the same?');
  }
  for (const url of [`/admin/places/999999/merge?with=${twin.id}`, '/admin/places/x/merge'])
    for (const answer of [await editor.get(url), await editor.post(url, { with: twin.id })])
      expect([url, answer.statusCode]).toEqual([url, 404]);
  const none = await editor.post(path(), { version: 'x' });
  expect(none.statusCode).toBe(409);
});

test('is for editors: a viewer is neither shown the way nor let in', async () => {
  const [viewer, reviewer] = [await web.as('viewer'), await web.as('reviewer')];
  for (const visitor of [viewer, reviewer]) {
    expect((await visitor.get(path())).statusCode).toBe(403);
    expect((await visitor.post(path(), { with: twin.id })).statusCode).toBe(403);
    expect(parsePage(await visitor.get(`/admin/places/${mill.id}`))('a[href$="/merge"]')).toHaveLength(0);
  }
  expect(parsePage(await editor.get(`/admin/places/${mill.id}`))('a[href$="/merge"]')).toHaveLength(1);
});
