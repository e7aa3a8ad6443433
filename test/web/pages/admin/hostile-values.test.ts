import { load } from 'cheerio';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withScraperActor } from '../../../../src/audit/actors.ts';
import { bindModels } from '../../../../src/models.ts';
import { Place } from '../../../../src/records/place.ts';
import { Run } from '../../../../src/runs/run.ts';
import { pauseSource } from '../../../../src/runs/source-pauses.ts';
import { adminModels } from '../../../../src/web/pages/admin/admin-models.ts';
import { recordVersion } from '../../../../src/web/pages/admin/read-form.ts';
import { Hold, Suggestion } from '../../../../src/write-policy/models.ts';
import { oneOfEach } from '../../../helpers/one-of-each.ts';
import { createTestDatabase } from '../../../helpers/test-database.ts';
import { startTestWeb, type TestWeb, type Visitor } from '../../../helpers/web-server.ts';
import { foreignMarkup } from '../review/helpers/foreign-markup.ts';

const database = await createTestDatabase();
const script = '"><script>alert(1)</script>\'<img src=x>';
const word = "' onmouseover='alert(5)' x=\"";

let web: TestWeb;
let admin: Visitor;
let viewer: Visitor;
let ids: Record<string, string>;

beforeAll(async () => {
  await bindModels(database);
  web = await startTestWeb(database);
  [admin, viewer] = [await web.as('admin'), await web.as('viewer')];
  ids = await oneOfEach(web.users.admin, script);
  const run = await Run.create({
    spider: script,
    sourceName: script,
    requestKey: 'hostile',
    actorId: null,
    actorEmail: 'scraper@vibemap.com',
    state: 'finished',
    finishedAt: new Date(),
  });
  await withScraperActor(() => Place.update({ telephone: word }, { where: { id: ids.places ?? '' } }), {
    runId: run.id,
    sourceUrl: script,
  });
  const record = { model: 'Place', objectId: ids.places ?? '', objectLabel: script, field: 'name' };
  await Suggestion.create({ ...record, sourceName: script, sourceUrl: script, value: script, runId: run.id });
  await Hold.create({
    ...record,
    sourceName: script,
    value: script,
    undoRunId: null,
    valueHash: '00000000-0000-0000-0000-000000000000',
  });
  await pauseSource(database.sequelize, script, { by: web.users.admin, reason: script });
});
afterAll(async () => {
  await web[Symbol.asyncDispose]();
  await database.close();
});

const pages = () => [
  '/admin',
  '/admin/sources',
  `/admin/places/${ids.places}/merge?with=${ids.twin}`,
  `/admin/places/${ids.places}/merge?q=${encodeURIComponent(script)}`,
  ...adminModels.flatMap(({ path }) => {
    const record = `/admin/${path}/${ids[path]}`;
    return [`/admin/${path}`, `/admin/${path}?q=${encodeURIComponent(script)}`, record, `${record}/delete`];
  }),
];

test('stored values are text on every page, also in fields', async () => {
  for (const visitor of [admin, viewer]) {
    for (const url of pages()) {
      const { body, statusCode } = await visitor.get(url);
      expect([url, statusCode < 500, foreignMarkup(load(body))]).toEqual([url, true, []]);
    }
  }
});

test('they are shown: a value that cannot be seen cannot be judged', async () => {
  const shown = pages().filter((url) => url !== '/admin' && !url.includes('user-vibe-times'));
  for (const url of shown) {
    const { body } = await admin.get(url);
    expect([url, body.includes('&lt;script&gt;alert(1)&lt;/script&gt;')]).toEqual([url, true]);
  }
});

test('a name of any length is shown in part where a record is named, and whole in its form', async () => {
  const long = 'x'.repeat(100_000);
  const place = await withScraperActor(() => Place.create({ name: long, streetAddress: long }));
  const record = `/admin/places/${place.id}`;
  for (const url of [
    '/admin/places?order=-id',
    record,
    `${record}/delete`,
    `${record}/merge?with=${ids.twin}`,
  ]) {
    const $ = load((await admin.get(url)).body);
    const texts = $('h1, title, nav, th, td, main li, label')
      .toArray()
      .map((element) => $(element).text().length);
    expect([url, Math.max(...texts) < 1000]).toEqual([url, true]);
  }
  expect(load((await admin.get(record)).body)('#field-name').val()).toBe(long);
});

test('a field takes whatever is sent or refuses it, and never fails', async () => {
  const texts = [
    script,
    word,
    'a\0b',
    '\u202egnp',
    'x'.repeat(20_000),
    '1e999',
    '{"a":"\\u0000"}',
    '9'.repeat(30),
  ];
  const token = await admin.token();
  let turn = 0;
  for (const { model, path, groups } of adminModels) {
    const url = `/admin/${path}/${ids[path]}`;
    for (const name of groups.flatMap(({ fields }) => fields)) {
      // Each field gets some, each text comes to many fields.
      for (let count = 0; count < 2; count += 1) {
        const text = texts[turn % texts.length] ?? '';
        turn += 1;
        const record = await model.findByPk(ids[path] ?? '', { rejectOnEmpty: true });
        const answer = await admin.postAs(url, token, { updatedAt: recordVersion(record), [name]: text });
        const found = [url, name, answer.statusCode, foreignMarkup(load(answer.body))];
        expect(found).toEqual([url, name, expect.toBeOneOf([303, 422]), []]);
      }
    }
  }
});

test.each(adminModels.map(({ path }) => path))(
  'an address of %s that was made up never fails',
  async (path) => {
    const cursor = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const queries = [
      'q=%00',
      'q=%25',
      `q=${encodeURIComponent(script)}`,
      'order=name%3B--',
      'order=-id',
      'nothing=1',
      '%ff',
      'placeId=x',
      'placeId=999999999999999999999',
      'isClosed=perhaps',
      'after=x',
      'after=%00',
      ...[['x', '1'], [null, '1'], ['x', 'x'], [1, 2], ['a\0', '1'], {}].map(
        (value) => `after=${cursor(value)}`,
      ),
      ...[
        ['x', '1'],
        ['2027-99-99', '1'],
      ].map((value) => `order=-updatedAt&after=${cursor(value)}`),
    ];
    for (const query of queries)
      expect([query, (await admin.get(`/admin/${path}?${query}`)).statusCode]).toEqual([
        query,
        expect.toBeOneOf([200, 400]),
      ]);
    for (const id of ['%00', '0', '-1', '1%20OR%201', '999999999999999999999', script].map(
      encodeURIComponent,
    )) {
      for (const url of [`/admin/${path}/${id}`, `/admin/${path}/${id}/delete`]) {
        expect([url, (await admin.get(url)).statusCode]).toEqual([url, 404]);
        expect([url, (await admin.post(url)).statusCode]).toEqual([url, 404]);
      }
    }
  },
);
