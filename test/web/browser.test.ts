import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContextOptions } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyLog } from '../../src/audit/proof/verify-log.ts';
import { auditlog } from '../../src/audit/record/auditlog.ts';
import { planUndo } from '../../src/audit/undo/plan-undo.ts';
import { bindModels } from '../../src/models.ts';
import { Place } from '../../src/records/place.ts';
import type { Role } from '../../src/records/user.ts';
import { Run } from '../../src/runs/run.ts';
import { findPause, resumeSource } from '../../src/runs/source-pauses.ts';
import { type BadRun, makeBadRun } from '../helpers/bad-run.ts';
import { launchBrowser } from '../helpers/browser.ts';
import { signedInWindow } from '../helpers/signed-in-window.ts';
import { createTestDatabase } from '../helpers/test-database.ts';
import { startTestWeb, type TestWeb } from '../helpers/web-server.ts';

const database = await createTestDatabase();
let browser: Browser;
let web: TestWeb;
let origin: string;
let town: BadRun;

beforeAll(async () => {
  await bindModels(database);
  town = await makeBadRun(database);
  web = await startTestWeb(database);
  origin = await web.app.listen({ host: '127.0.0.1', port: 0 });
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser.close();
  await web[Symbol.asyncDispose]();
  await town[Symbol.asyncDispose]();
  await database.close();
});

const signedIn = (role: Role, options: BrowserContextOptions = {}) =>
  signedInWindow(browser, { origin, role, options });

const names = async () =>
  new Map((await Place.findAll({ attributes: ['id', 'name'] })).map(({ id, name }) => [id, name]));

describe('with the keyboard alone', () => {
  test('a bad run of 1,988 changes is found, judged by its table, undone and left in order', async () => {
    const { page, context, problems } = await signedIn('admin');
    const press = (key: string) => page.keyboard.press(key);
    await press('j');
    await page.waitForSelector(`#run-${town.bad.runId}[aria-current="true"]`);
    await press('o');
    await page.waitForURL(`**/review/runs/${town.bad.runId}`);
    await expect(page.locator('.flags').textContent()).resolves.toContain('"Access denied"');
    await press('z');
    await page.waitForURL('**/review/plans/*');
    await page.keyboard.type('A block page was read as data.');
    await press('Enter');
    await page.getByText('Undone.').waitFor();
    const done = await page.locator('main').textContent();
    expect(done).toContain('1,983 fields of 1,983 records');
    expect(done).toContain('5 records left');
    expect(await names()).toEqual(town.expectedNames);
    expect(await findPause(database.sequelize, 'town-places')).toMatchObject({
      pausedByEmail: 'admin@example.org',
    });
    await press('o');
    await page.waitForURL('**/review/runs/*');
    await press('1');
    await page.waitForURL('**/review');
    expect(await page.locator('main').textContent()).toContain('No run waits for you.');
    expect(problems).toEqual([]);
    await context.close();
  });

  test('the next crawl writes none of it again, and the log explains every row', async () => {
    await resumeSource(database.sequelize, 'town-places');
    expect(await town.crawlAgain()).toMatchObject({ held: 1983, suggested: 4 });
    expect(await names()).toEqual(town.expectedNames);
    expect((await verifyLog(database.sequelize, auditlog.registrations())).problems).toBe(0);
  });

  test('rows are gone through, selected and opened; help opens and closes; typing is left alone', async () => {
    const { page, context, problems } = await signedIn('editor');
    await page.goto(`${origin}/review/changes?run=${town.bad.runId}`);
    const current = page.locator('[data-row][aria-current="true"]');
    for (const key of ['j', 'j', 'k', 'ArrowDown', 'x']) await page.keyboard.press(key);
    expect(await current.locator('input[type=checkbox]').isChecked()).toBe(true);
    expect(await page.locator('[data-row]').nth(1).getAttribute('aria-current')).toBe('true');
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    expect(await page.getByRole('dialog').textContent()).toContain('undo…');
    await page.keyboard.press('Escape');
    await page.keyboard.press('/');
    await page.keyboard.type('jkx');
    expect(await page.getByLabel('Author’s e-mail').inputValue()).toBe('jkx');
    await page.keyboard.press('Escape');
    await page.keyboard.press('o');
    await page.waitForURL('**/review/changes/*');
    expect(problems).toEqual([]);
    await context.close();
  });

  test('a verdict by key moves on to the next change, and all keys can be switched off', async () => {
    const { page, context } = await signedIn('reviewer');
    await page.goto(`${origin}/review/changes?run=${town.bad.runId}&field=name`);
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.keyboard.press('b');
    await page.getByText('1 change marked bad.').waitFor();
    expect(await page.locator('[data-row]').nth(1).getAttribute('aria-current')).toBe('true');
    await page.keyboard.press('?');
    await page.getByLabel('Keys are on').uncheck();
    await page.keyboard.press('Escape');
    await page.keyboard.press('j');
    expect(await page.locator('[data-row]').nth(1).getAttribute('aria-current')).toBe('true');
    await context.close();
  });
});

describe('without scripts', () => {
  test('the undo of the undo is planned, carried out and told of truthfully', async () => {
    const { page, context } = await signedIn('admin', { javaScriptEnabled: false });
    const undo = await Run.findOne({ where: { kind: 'undo' }, rejectOnEmpty: true });
    await page.goto(`${origin}/review/runs/${undo.id}`);
    await page.getByRole('button', { name: 'Undo 1,983 changes…' }).click();
    await page.getByLabel('Why').fill('It was right after all.');
    await page.getByRole('button', { name: 'Undo 1,983 changes in 1,983 records' }).click();
    // The page loads itself anew while work is under way.
    await page.getByText('Undone.').waitFor();
    const denied = [...(await names()).values()].filter((name) => name === 'Access denied');
    expect(denied).toHaveLength(1984);
    await page.getByRole('link', { name: 'Suggestions' }).click();
    await page.locator('[data-select]').nth(0).check();
    await page.getByRole('button', { name: 'Dismiss: keep the person’s value' }).click();
    expect(await page.getByRole('status').textContent()).toBe('1 suggestion dismissed.');
    await page.getByRole('link', { name: 'Changes' }).click();
    await page.getByLabel('Field').fill('telephone');
    await page.getByLabel('Action').selectOption('update');
    await page.getByRole('button', { name: 'Show' }).click();
    expect(await page.locator('.row').count()).toBe(4);
    await page.locator('.row a').nth(0).click();
    await page.getByRole('checkbox', { name: 'Undo telephone' }).check();
    await page.getByRole('button', { name: /^Undo the ticked fields/ }).click();
    expect(await page.locator('main').textContent()).toContain('1 field of 1 record');
    await context.close();
  });

  test('a record is shown as it was at any moment of its history', async () => {
    const { page, context } = await signedIn('viewer', { javaScriptEnabled: false });
    const [id] = town.keptNames.keys();
    await page.goto(`${origin}/review/records/Place/${id}`);
    await page.getByLabel('As of').selectOption({ index: 0 });
    await page.getByRole('button', { name: 'Show' }).click();
    const row = page.locator('tr', { has: page.getByRole('rowheader', { name: 'name', exact: true }) });
    expect(await row.locator('td').allTextContents()).toEqual([
      expect.stringContaining('Place number 0'),
      expect.stringContaining('Ana’s name 1'),
      'ana@example.org',
    ]);
    await context.close();
  });
});

describe.each([
  { width: 1280, colorScheme: 'light' },
  { width: 1280, colorScheme: 'dark' },
  { width: 320, colorScheme: 'light' },
] as const)('at $width pixels, $colorScheme', ({ width, colorScheme }) => {
  test('every page passes axe and needs no sideways scrolling', async () => {
    const { page, context } = await signedIn('admin', { colorScheme, viewport: { width, height: 800 } });
    const { id } = await planUndo(
      database.sequelize,
      { filter: { run: town.bad.runId } },
      { id: null, email: 'admin@example.org' },
    );
    const paths = [
      '/review',
      '/review?flagged=1&source=-nowhere',
      `/review/runs/${town.bad.runId}`,
      '/review/changes',
      `/review/changes?run=${town.bad.runId}&field=name&field=-url`,
      '/review/changes/2100',
      '/review/changes/1',
      `/review/plans/${id}`,
      '/review/records/Place/1',
      '/review/suggestions',
      '/review/holds',
      '/users',
      '/account',
      '/nowhere',
    ];
    for (const path of paths) {
      await page.goto(origin + path);
      const { violations } = await new AxeBuilder({ page }).analyze();
      const found = violations.map((each) => [each.id, each.nodes.map(({ html }) => html)]);
      expect([path, found]).toEqual([path, []]);
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect([path, overflow]).toEqual([path, 0]);
    }
    await context.clearCookies();
    await page.goto(`${origin}/sign-in`);
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    await context.close();
  });
});
