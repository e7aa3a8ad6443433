import { AxeBuilder } from '@axe-core/playwright';
import { load } from 'cheerio';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bindModels } from '../../../src/models.ts';
import { Place } from '../../../src/records/place.ts';
import { asAna } from '../../helpers/as-ana.ts';
import { launchBrowser } from '../../helpers/browser.ts';
import { createTestDatabase } from '../../helpers/test-database.ts';
import { startTestWeb, type TestWeb } from '../../helpers/web-server.ts';
import { ApiDocument } from './api-document.ts';

const database = await createTestDatabase();
let web: TestWeb;
let origin: string;
let browser: Browser;

beforeAll(async () => {
  await bindModels(database);
  web = await startTestWeb(database);
  await asAna(() => Place.create({ name: 'Old Mill', addressLocality: 'Salem' }));
  origin = await web.app.listen({ host: '127.0.0.1', port: 0 });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await web[Symbol.asyncDispose]();
  await database.close();
});

const open = (path: string) => web.app.inject(`/api/v1/docs${path}`);

test('has every operation of the document, a form for what is read and a line of curl for what is written', async () => {
  const address = new URL('/api/v1/openapi.json', origin);
  const { operations } = new ApiDocument((await web.app.inject(address.pathname)).json(), address);
  const $ = load((await open('')).body);
  expect($('details')).toHaveLength(operations.length);
  for (const { operationId, method, path } of operations) {
    const details = $(`details#${operationId}`);
    expect([operationId, details.find('summary').text()]).toEqual([
      operationId,
      expect.stringContaining(`${method} /api/v1${path}`),
    ]);
    expect([operationId, details.find('form').length]).toEqual([operationId, method === 'GET' ? 1 : 0]);
    const line = details.find('pre').text();
    if (method === 'GET') continue;
    expect(line).toContain(`curl -X ${method} 'http`);
    const [, sent] = /-d '(.*)'$/s.exec(line) ?? [];
    if (sent !== undefined) expect(JSON.parse(sent.replaceAll(`'\\''`, "'"))).toBeTypeOf('object');
  }
});

test.each([
  [
    '/list-places?q=&limit=5&near=&addressLocality=Old%20Town',
    '/api/v1/places?limit=5&addressLocality=Old+Town',
  ],
  ['/list-places', '/api/v1/places'],
  ['/read-places?id=7', '/api/v1/places/7'],
  ['/read-places?id=..%2F..%2Fusers', '/api/v1/places/..%2F..%2Fusers'],
  ['/read-places?id=%0d%0aX-Injected:1', '/api/v1/places/%0D%0AX-Injected%3A1'],
])('%s leads to %s', async (path, to) => {
  expect(await open(path)).toMatchObject({ statusCode: 303, headers: { location: to } });
});

test.each(['/delete-places?id=1', '/nothing', '/__proto__'])('%s leads nowhere', async (path) => {
  const answer = await open(path);
  expect([answer.statusCode, answer.headers['content-type']]).toEqual([404, 'text/html; charset=utf-8']);
});

test('opens what a form asks for without JavaScript', async () => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${origin}/api/v1/docs`);
  await page.locator('#list-places summary').click();
  const form = page.locator('#list-places form');
  await form.getByLabel('addressLocality').fill('salem');
  await form.getByRole('button', { name: 'Open' }).click();
  await page.waitForURL('**/api/v1/places?addressLocality=salem');
  expect(await page.locator('body').textContent()).toContain('"name":"Old Mill"');
  await context.close();
});

test('passes axe and needs no sideways scrolling', async () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    const context = await browser.newContext({ colorScheme, viewport: { width: 390, height: 800 } });
    const page = await context.newPage();
    await page.goto(`${origin}/api/v1/docs`);
    // One of each sort; all of them would take axe a minute.
    for (const id of ['list-places', 'read-places', 'create-places', 'delete-places'])
      await page.locator(`#${id} summary`).click();
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map((each) => [each.id, each.nodes.map(({ html }) => html)])).toEqual([]);
    const sideways = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;
    expect(await page.evaluate(sideways)).toBe(0);
    await context.close();
  }
});
