import { load } from 'cheerio';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bindModels } from '../../../../src/models.ts';
import { Place } from '../../../../src/records/place.ts';
import { Run } from '../../../../src/runs/run.ts';
import { asAna } from '../../../helpers/as-ana.ts';
import { type BadRun, makeBadRun } from '../../../helpers/bad-run.ts';
import { createTestDatabase } from '../../../helpers/test-database.ts';
import { startTestWeb, type TestWeb, type Visitor } from '../../../helpers/web-server.ts';
import { parsePage } from './helpers/parse-page.ts';

const database = await createTestDatabase();
let web: TestWeb;
let town: BadRun;
let viewer: Visitor;
beforeAll(async () => {
  await bindModels(database);
  town = await makeBadRun(database, { count: 620, denied: 610 });
  web = await startTestWeb(database);
  viewer = await web.as('viewer');
});
afterAll(async () => {
  await web[Symbol.asyncDispose]();
  await town[Symbol.asyncDispose]();
  await database.close();
});

/** Lines of fields; enough of RFC 4180 for what is asked here. */
function readCsv(text: string): string[][] {
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g;
  const lines: string[][] = [[]];
  for (const [, quoted, plain = '', end] of text.matchAll(cell)) {
    lines.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === '\r\n') lines.push([]);
  }
  lines.pop();
  return lines;
}

const jsonLines = (text: string): unknown[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));

test('gives the changes that the page has, all of them, one line for each field', async () => {
  const query = `run=${town.bad.runId}&field=name`;
  const answer = await viewer.get(`/review/changes.csv?${query}`);
  expect(answer.headers).toMatchObject({
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': 'attachment; filename="changes.csv"',
  });
  const [titles, ...lines] = readCsv(answer.body);
  expect(titles?.join()).toBe(
    'id,at,run,spider,actor_email,model,record_id,record_label,action,field,was,now,source_url,verdict',
  );
  expect(lines).toHaveLength(610);
  expect(new Set(lines.map(([, , ...line]) => [line[0], line[1], line[7], line[9]].join()))).toEqual(
    new Set([`${town.bad.runId},places,name,Access denied`]),
  );
  const shown = parsePage(await viewer.get(`/review/changes?${query}`));
  const ids = shown('.row a[data-open]')
    .toArray()
    .map((link) => shown(link).attr('href')?.replace('/review/changes/', ''));
  expect(lines.slice(0, 50).map(([id]) => id)).toEqual(ids);
});

test('gives the same changes as JSON Lines', async () => {
  const query = 'actor=ana@example.org';
  const answer = await viewer.get(`/review/changes.jsonl?${query}`);
  expect(answer.headers['content-type']).toBe('application/jsonl; charset=utf-8');
  const changes = jsonLines(answer.body);
  expect(changes).toHaveLength(3);
  expect(changes[0]).toMatchObject({
    actorEmail: 'ana@example.org',
    action: 'update',
    model: 'Place',
    verdict: null,
    spider: null,
    changes: { name: ['Access denied', 'Ana’s name 3'] },
  });
});

test('gives no cell that a spreadsheet would run', async () => {
  const place = await Place.findOne({ where: { name: 'Cleo’s name' }, rejectOnEmpty: true });
  const formulas = ['=HYPERLINK("https://evil.example")', '+1+1', '-1', '@SUM(A1)', '\t=1+1', '＝1'];
  for (const name of formulas) await asAna(() => place.update({ name }));
  const [, ...lines] = readCsv((await viewer.get(`/review/changes.csv?object=${place.id}`)).body);
  const cells = lines.flat();
  expect(cells).toContain('\'=HYPERLINK("https://evil.example")');
  expect(cells.filter((cell) => /^[=+\-@\t\r＝＋－＠]/.test(cell))).toEqual([]);
});

test('gives runs in all formats, by the filter of the page', async () => {
  const [titles, ...lines] = readCsv((await viewer.get('/review/runs.csv?source=town-places')).body);
  expect(titles?.slice(0, 6).join()).toBe('id,kind,spider,source,actor_email,state');
  expect(lines.map(([id]) => id)).toEqual([town.bad.runId, town.good.runId]);
  expect(lines[0]?.at(-2)).toContain('was written 610 times');
  expect(lines[0]?.at(-1)).toBe('places, town-places');
  expect(jsonLines((await viewer.get('/review/runs.jsonl?flagged=0')).body)).toEqual([
    expect.objectContaining({ id: town.good.runId, created: 620 }),
  ]);
  expect(readCsv((await viewer.get('/review/runs.csv?source=nowhere')).body)).toHaveLength(1);
});

test('gives a feed with one entry for each run, also of changes', async () => {
  for (const path of ['/review/runs.atom', '/review/changes.atom?field=name&model=Place']) {
    const answer = await viewer.get(path);
    expect(answer.headers['content-type']).toBe('application/atom+xml; charset=utf-8');
    const $ = load(answer.body, { xml: true });
    expect($('feed > id').text()).toBe(`http://127.0.0.1:8080${path}`);
    expect(
      $('entry > id')
        .map((_index, id) => $(id).text())
        .toArray(),
    ).toEqual([town.bad.runId, town.good.runId].map((id) => `http://127.0.0.1:8080/review/runs/${id}`));
    expect($('entry > title').first().text()).toBe('Run 2: places, town-places (flagged)');
    expect($('entry > author > name').first().text()).toBe('scraper@vibemap.com');
    expect($('feed > updated').text()).toBe($('entry > updated').first().text());
  }
  const none = load((await viewer.get('/review/changes.atom?actor=ana@example.org')).body, { xml: true });
  expect(none('entry')).toHaveLength(0);
});

test('gives text, not markup, in the HTML of a feed', async () => {
  const hostile = '<script>alert(1)</script> ]]> & \u0001"';
  await Run.create({
    spider: 'places',
    sourceName: hostile,
    requestKey: 'hostile',
    actorId: null,
    state: 'finished',
    finishedAt: new Date(),
    actorEmail: 'scraper@vibemap.com',
    flags: [{ rule: 'same-value', sentence: hostile }],
  });
  const { body } = await viewer.get('/review/runs.atom?spider=places');
  const $ = load(body, { xml: true });
  const texts = ['entry > title', 'entry > summary'].map((selector) => $(selector).first().text());
  for (const text of texts) {
    expect(load(text)('script')).toHaveLength(0);
    expect(load(text).text()).toContain('<script>alert(1)</script> ]]> &');
  }
  expect(body).not.toContain('\u0001');
});

test('refuses words that are no condition', async () => {
  for (const path of ['changes.csv', 'changes.jsonl', 'changes.atom', 'runs.csv', 'runs.jsonl', 'runs.atom'])
    expect((await viewer.get(`/review/${path}?colour=red`)).statusCode).toBe(400);
});
