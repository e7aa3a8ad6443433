import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { withUserActor } from '../../../../src/audit/actors.ts';
import { LogEntry } from '../../../../src/audit/log-entry.ts';
import { bindModels } from '../../../../src/models.ts';
import { UserVibe, UserVibeTime } from '../../../../src/records/contributions.ts';
import { Event } from '../../../../src/records/event.ts';
import { Place } from '../../../../src/records/place.ts';
import { createTestDatabase } from '../../../helpers/test-database.ts';
import { startTestWeb, type TestWeb, type Visitor } from '../../../helpers/web-server.ts';
import { formOf, parsePage, textsOf } from '../review/helpers/parse-page.ts';
import { filledForm } from './helpers/filled-form.ts';

const database = await createTestDatabase({ poolSize: 1 });
const ana = { id: null, email: 'ana@example.org' };
let web: TestWeb;
let editor: Visitor;
let admin: Visitor;
let library: Place;
let concert: Event;

beforeAll(async () => {
  await bindModels(database);
  web = await startTestWeb(database);
  [editor, admin] = [await web.as('editor'), await web.as('admin')];
});
beforeEach(async () => {
  await withUserActor(ana, async () => {
    library = await Place.create({ name: 'Main Library' });
    concert = await Event.create({
      name: 'Concert',
      placeId: library.id,
      timeZone: 'UTC',
      startDate: new Date('2027-03-02T00:00:00Z'),
    });
  });
});
afterAll(async () => {
  await web[Symbol.asyncDispose]();
  await database.close();
});

const placePath = () => `/admin/places/${library.id}`;
const eventPath = () => `/admin/events/${concert.id}`;
const entriesOf = (model: string, objectId: string) =>
  LogEntry.findAll({ where: { model, objectId }, order: [['id', 'ASC']] });

describe('a new record', () => {
  test('is made with what is given and the model’s own defaults, as who is signed in', async () => {
    const form = await filledForm(editor, '/admin/events/new', 'Create the event', {
      name: 'Fair',
      timeZone: 'Europe/Berlin',
      startDate: '2027-05-01T10:00',
      placeId: library.id,
    });
    const answer = await editor.post('/admin/events/new', form);
    expect(answer.headers.location).toMatch(/^\/admin\/events\/\d+$/);
    const fair = await Event.findOne({ where: { name: 'Fair' }, rejectOnEmpty: true });
    expect(fair).toMatchObject({
      startDate: new Date('2027-05-01T08:00:00Z'),
      placeId: library.id,
      status: 'EventScheduled',
      timeKnown: true,
      sameAs: [],
      lowPrice: null,
    });
    expect(await entriesOf('Event', fair.id)).toMatchObject([{ actorEmail: 'editor@example.org' }]);
  });

  test('without what it needs is asked for it, and keeps what was given', async () => {
    const answer = await editor.post('/admin/events/new', { name: 'Half an event', endDate: 'soon' });
    expect(answer.statusCode).toBe(422);
    const empty = await editor.post(
      '/admin/events/new',
      await filledForm(editor, '/admin/events/new', 'Create the event', { name: 'Half an event' }),
    );
    const $ = parsePage({ ...empty, statusCode: 200 });
    expect($('[name=name]').val()).toBe('Half an event');
    expect(textsOf($, '.field:has(.problem) label')).toEqual(['Time zone (needed)', 'Start date (needed)']);
  });

  test('of days has a box for each, and needs one', async () => {
    const vibe = await withUserActor(ana, () =>
      UserVibe.create({ userId: web.users.viewer.id, placeId: library.id, vibe: 'cosy' }),
    );
    const path = '/admin/user-vibe-times/new';
    const times: [string, string][] = [
      ['userVibeId', vibe.id],
      ['opens', '18:00'],
      ['closes', '02:00'],
      ['dayOfWeek', ''],
    ];
    expect((await admin.post(path, times)).statusCode).toBe(422);
    const answer = await admin.post(path, [...times, ['dayOfWeek', 'Friday'], ['dayOfWeek', 'Saturday']]);
    expect(answer.statusCode).toBe(303);
    expect(await UserVibeTime.findOne({ where: { userVibeId: vibe.id } })).toMatchObject({
      dayOfWeek: ['Friday', 'Saturday'],
      opens: '18:00:00',
      closes: '02:00:00',
    });
  });
});

describe('a foreign key', () => {
  test('is shown with what it points to, and taken by number or by name', async () => {
    const $ = parsePage(await editor.get(eventPath()));
    expect($('[name=placeId]').val()).toBe(library.id);
    expect($(`.field a[href="${placePath()}"]`).text()).toBe(`Main Library (${library.id})`);
    const hall = await withUserActor(ana, () => Place.create({ name: `Hall ${library.id}` }));
    for (const [text, id] of [
      [`hall ${library.id}`, hall.id],
      [library.id, library.id],
      ['', null],
    ] as const) {
      const form = await filledForm(editor, eventPath(), 'Save the event', { placeId: text });
      expect((await editor.post(eventPath(), form)).statusCode).toBe(303);
      expect((await concert.reload()).placeId).toBe(id);
    }
  });

  test('whose name several records have asks which one, without a script', async () => {
    const [first, second] = await withUserActor(ana, async () => [
      await Place.create({ name: `Old Mill ${library.id}` }),
      await Place.create({ name: `New Mill ${library.id}` }),
    ]);
    const form = await filledForm(editor, eventPath(), 'Save the event', { placeId: `Mill ${library.id}` });
    const answer = await editor.post(eventPath(), form);
    expect(answer.statusCode).toBe(422);
    const $ = parsePage({ ...answer, statusCode: 200 });
    expect(textsOf($, '[name="placeId:match"] option')).toEqual([
      'Which of these?',
      `New Mill ${library.id} (${second.id})`,
      `Old Mill ${library.id} (${first.id})`,
    ]);
    const again = formOf($, 'Save the event').fields.map(([name, text]): [string, string] =>
      name === 'placeId:match' ? [name, second.id] : [name, text],
    );
    expect((await editor.post(eventPath(), again)).statusCode).toBe(303);
    expect((await concert.reload()).placeId).toBe(second.id);
  });
});
