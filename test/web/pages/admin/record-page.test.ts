import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { withUserActor } from '../../../../src/audit/actors.ts';
import { LogEntry } from '../../../../src/audit/log-entry.ts';
import { bindModels } from '../../../../src/models.ts';
import { Event } from '../../../../src/records/event.ts';
import { PlaceImage } from '../../../../src/records/images.ts';
import { Place } from '../../../../src/records/place.ts';
import { createTestDatabase } from '../../../helpers/test-database.ts';
import { startTestWeb, type TestWeb, type Visitor } from '../../../helpers/web-server.ts';
import { formOf, parsePage, textOf, textsOf } from '../review/helpers/parse-page.ts';
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
    library = await Place.create({
      name: 'Main Library',
      description: 'Two\n\nparagraphs  ',
      sameAs: ['https://a.example/', 'https://b.example/'],
      latitude: 41.88,
      longitude: -87.63,
      timeZone: 'America/Chicago',
      aggregateRating: { ratingValue: 4.5, ratingCount: 3, bestRating: 5 },
    });
    concert = await Event.create({
      name: 'Concert',
      placeId: library.id,
      timeZone: 'America/Chicago',
      lowPrice: '5.00',
      highPrice: '10.00',
      startDate: new Date('2027-03-02T00:00:00Z'),
      endDate: new Date('2027-11-07T06:30:00.250Z'),
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

describe('the form of a record', () => {
  test('writes what was changed, and nothing else, as who is signed in and with the request', async () => {
    const form = await filledForm(editor, placePath(), 'Save the place', {
      name: 'Central Library',
      telephone: '+13125550100',
    });
    const answer = await editor.post(placePath(), form);
    expect([answer.statusCode, answer.headers.location]).toEqual([303, placePath()]);
    const [, entry, ...others] = await entriesOf('Place', library.id);
    expect(others).toEqual([]);
    expect(entry).toMatchObject({
      actorEmail: 'editor@example.org',
      changes: { name: ['Main Library', 'Central Library'], telephone: [null, '+13125550100'] },
      correlationId: answer.headers['x-correlation-id'],
      remoteAddress: editor.address,
    });
    expect(textOf(parsePage(await editor.get(placePath())), '[role=status]')).toBe('Saved: Name, Telephone.');
  });

  test.each(['place', 'event'])('sent as it was shown changes nothing of a %s', async (kind) => {
    const path = kind === 'place' ? placePath() : eventPath();
    const answer = await editor.post(path, await filledForm(editor, path, `Save the ${kind}`));
    expect(answer.statusCode).toBe(303);
    expect(textOf(parsePage(await editor.get(path)), '[role=status]')).toBe('Nothing was changed.');
    const [model, id] = kind === 'place' ? ['Place', library.id] : ['Event', concert.id];
    expect(await entriesOf(model, id)).toHaveLength(1);
  });

  test('takes lists one a line, JSON, numbers, choices, and empty fields as unknown', async () => {
    await editor.post(
      placePath(),
      await filledForm(editor, placePath(), 'Save the place', {
        sameAs: ' https://c.example/ \r\n\r\nhttps://d.example/',
        aggregateRating: '{"ratingValue": 3, "ratingCount": null, "bestRating": 5}',
        latitude: '',
        longitude: '',
        isClosed: 'yes',
        description: '',
      }),
    );
    expect(await library.reload()).toMatchObject({
      sameAs: ['https://c.example/', 'https://d.example/'],
      aggregateRating: { ratingValue: 3, ratingCount: null, bestRating: 5 },
      latitude: null,
      longitude: null,
      isClosed: true,
      description: null,
      timeZone: 'America/Chicago',
    });
  });

  test('shows and takes times in the event’s own zone, and means them anew in another one', async () => {
    const $ = parsePage(await editor.get(eventPath()));
    expect($('[name=startDate]').val()).toBe('2027-03-01T18:00');
    expect($('[name=endDate]').val()).toBe('2027-11-07T01:30:00.250');
    await editor.post(
      eventPath(),
      await filledForm(editor, eventPath(), 'Save the event', { startDate: '2027-07-01T19:30', endDate: '' }),
    );
    expect(await concert.reload()).toMatchObject({
      startDate: new Date('2027-07-02T00:30:00Z'),
      endDate: null,
    });
    await editor.post(
      eventPath(),
      await filledForm(editor, eventPath(), 'Save the event', { timeZone: 'america/new_york' }),
    );
    expect(await concert.reload()).toMatchObject({
      timeZone: 'America/New_York',
      startDate: new Date('2027-07-01T23:30:00Z'),
    });
  });

  test.each([
    ['places', 'name', '', 'This is needed.'],
    ['places', 'latitude', '91', 'This must be from -90 to 90.'],
    ['places', 'latitude', '', 'Latitude and longitude go together: give both, or neither.', 'longitude'],
    ['places', 'longitude', 'west', 'This must be a number, as 41.8781.'],
    ['places', 'url', 'javascript:alert(1)', 'An address of the web begins with https:// or http://.'],
    [
      'places',
      'sameAs',
      'https://a.example/\nftp://b.example/',
      'Line 2: An address of the web begins with https:// or http://.',
    ],
    ['places', 'timeZone', 'Chicago', 'There is no time zone of that name. One is America/Chicago.'],
    ['places', 'aggregateRating', '{', 'This must be JSON, as {"ratingValue": 4.5}.'],
    [
      'places',
      'aggregateRating',
      '{"ratingValue":"x","ratingCount":1,"bestRating":5}',
      'ratingValue: Invalid input: expected number, received string.',
    ],
    ['places', 'isClosed', 'perhaps', 'Choose yes or no.'],
    ['places', 'duplicateOfId', '999999', 'There is no place 999999.'],
    ['places', 'duplicateOfId', 'nowhere at all', 'No place has that name.'],
    [
      'events',
      'startDate',
      '2027-03-14T02:30',
      'Clocks in America/Chicago jumped over that time. Give one before or after it.',
    ],
    ['events', 'startDate', '2027-02-30T10:00', 'This must be a day and a time, as 2027-03-01T18:00.'],
    ['events', 'endDate', '2026-01-01T10:00', 'The end is before the start.'],
    [
      'events',
      'allDay',
      'yes',
      'What lasts all day has no time of day: only one of the two can be true.',
      'timeKnown',
    ],
    ['events', 'status', 'EventForgotten', /^Choose one of EventScheduled/],
    [
      'events',
      'lowPrice',
      '1.005',
      'This must be a number with at most 10 digits before the point and 2 after it.',
    ],
    [
      'events',
      'lowPrice',
      '99999999999',
      'This must be a number with at most 10 digits before the point and 2 after it.',
    ],
    ['events', 'highPrice', '4', 'The highest price is below the lowest.'],
  ] as const)('in %s, with %s %j, is not taken: %s', async (path, field, text, problem, ...[at]) => {
    const page = path === 'places' ? placePath() : eventPath();
    const answer = await editor.post(
      page,
      await filledForm(editor, page, path === 'places' ? 'Save the place' : 'Save the event', {
        [field]: text,
      }),
    );
    expect(answer.statusCode).toBe(422);
    const $ = parsePage({ ...answer, statusCode: 200 });
    const shown = textsOf($, '.field .problem');
    expect(shown).toEqual([typeof problem === 'string' ? problem : expect.stringMatching(problem)]);
    expect($(`#field-${at ?? field}-problem`)).toHaveLength(1);
    expect($(`[role=alert] a[href="#field-${at ?? field}"]`)).toHaveLength(1);
    expect($(`[name=${field}]`).first().val()?.toString().trim()).toBe(
      field === 'isClosed' || field === 'status' ? text : text.trim(),
    );
    const [model, id] = path === 'places' ? ['Place', library.id] : ['Event', concert.id];
    expect(await entriesOf(model, id)).toHaveLength(1);
  });

  test('leaves what is stored wrongly alone, as long as nobody touches it', async () => {
    await withUserActor(ana, () => library.update({ url: 'no address', telephone: 'ring twice' }));
    const form = await filledForm(editor, placePath(), 'Save the place', { email: 'a@example.org' });
    expect((await editor.post(placePath(), form)).statusCode).toBe(303);
    expect(await library.reload()).toMatchObject({ url: 'no address', email: 'a@example.org' });
  });

  test('says what the database refuses', async () => {
    const other = { contentUrl: 'https://a.example/1.jpg', placeId: library.id };
    const image = await withUserActor(ana, async () => {
      await PlaceImage.create(other);
      return await PlaceImage.create({ ...other, contentUrl: 'https://a.example/2.jpg' });
    });
    const path = `/admin/place-images/${image.id}`;
    const form = await filledForm(editor, path, 'Save the place image', {
      contentUrl: 'https://a.example/1.jpg',
    });
    const answer = await editor.post(path, form);
    expect(answer.statusCode).toBe(422);
    expect(textOf(parsePage({ ...answer, statusCode: 200 }), '[role=alert]')).toContain(
      'A record with the same values exists already.',
    );
  });
});

describe('a record that somebody else changes meanwhile', () => {
  test('is not overwritten: the form comes back with both values, and can be sent again', async () => {
    const form = await filledForm(editor, placePath(), 'Save the place', {
      name: 'My name',
      email: 'a@example.org',
    });
    await withUserActor(ana, () => library.update({ name: 'Ana’s name', telephone: '+13125550100' }));
    const answer = await editor.post(placePath(), form);
    expect(answer.statusCode).toBe(409);
    expect(await library.reload()).toMatchObject({ name: 'Ana’s name', email: null });
    const $ = parsePage({ ...answer, statusCode: 200 });
    expect(textOf($, '[role=alert]')).toContain('Somebody else has changed this record');
    expect([$('[name=name]').val(), $('[name=email]').val(), $('[name=telephone]').val()]).toEqual([
      'My name',
      'a@example.org',
      '+13125550100',
    ]);
    expect(textOf($, '#field-name-stored')).toBe('Stored now: Ana’s name. The field shows what you wrote.');
    expect(textOf($, '#field-email-stored')).toBe('Stored now: (empty). The field shows what you wrote.');
    const { fields } = formOf($, 'Save the place');
    expect((await editor.post(placePath(), fields)).statusCode).toBe(303);
    expect(await library.reload()).toMatchObject({
      name: 'My name',
      email: 'a@example.org',
      telephone: '+13125550100',
    });
  });

  test('is not overwritten either when that was done by SQL, which leaves updatedAt as it was', async () => {
    const form = await filledForm(editor, placePath(), 'Save the place', { name: 'My name' });
    await withUserActor(ana, () =>
      database.sequelize.query('UPDATE places SET name = $1, price_range = $2 WHERE id = $3', {
        bind: ['By SQL', '$$', library.id],
      }),
    );
    const answer = await editor.post(placePath(), form);
    expect(answer.statusCode).toBe(409);
    const $ = parsePage({ ...answer, statusCode: 200 });
    expect(textOf($, '#field-name-stored')).toContain('Stored now: By SQL.');
    expect(textOf($, '[role=alert] a')).toBe('Name');
    expect((await editor.post(placePath(), formOf($, 'Save the place').fields)).statusCode).toBe(303);
    expect(await library.reload()).toMatchObject({ name: 'My name', priceRange: '$$' });
  });

  test('stays as it is when two send at once: one of them is told', async () => {
    const one = await filledForm(editor, placePath(), 'Save the place', { name: 'One' });
    const two = await filledForm(admin, placePath(), 'Save the place', { name: 'Two' });
    const [first, second] = [await editor.token(), await admin.token()];
    const answers = await Promise.all([
      editor.postAs(placePath(), first, one),
      admin.postAs(placePath(), second, two),
    ]);
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([303, 409]);
    expect(await entriesOf('Place', library.id)).toHaveLength(2);
  });
});
