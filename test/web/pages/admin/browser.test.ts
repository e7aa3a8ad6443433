import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContextOptions, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withUserActor } from '../../../../src/audit/actors.ts';
import { bindModels } from '../../../../src/models.ts';
import { Event } from '../../../../src/records/event.ts';
import { Place } from '../../../../src/records/place.ts';
import type { Role } from '../../../../src/records/user.ts';
import { adminModels } from '../../../../src/web/pages/admin/admin-models.ts';
import { type BadRun, makeBadRun } from '../../../helpers/bad-run.ts';
import { launchBrowser } from '../../../helpers/browser.ts';
import { oneOfEach } from '../../../helpers/one-of-each.ts';
import { signedInWindow } from '../../../helpers/signed-in-window.ts';
import { createTestDatabase } from '../../../helpers/test-database.ts';
import { startTestWeb, type TestWeb } from '../../../helpers/web-server.ts';

const database = await createTestDatabase();
const ana = { id: null, email: 'ana@example.org' };
let browser: Browser;
let web: TestWeb;
let origin: string;
let town: BadRun;
let ids: Record<string, string>;

beforeAll(async () => {
  await bindModels(database);
  town = await makeBadRun(database, { count: 12, denied: 10 });
  web = await startTestWeb(database);
  // With a word that fits nowhere.
  ids = await oneOfEach(web.users.admin, `Old Mill ${'x'.repeat(150)}`);
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

const notice = (page: Page) => page.getByRole('status').textContent();
/** What stands beside the field of a place's form. */
const beside = (page: Page, field: string) =>
  page.locator('.field', { has: page.locator(`#field-${field}`) }).locator('.notes li');

/** A place and another record of it, with an event that hangs on the latter. */
async function twins(name: string): Promise<{ place: Place; twin: Place; event: Event }> {
  return await withUserActor(ana, async () => {
    const place = await Place.create({ name });
    const twin = await Place.create({ name: `${name} Annex`, telephone: '+13125550142' });
    const event = await Event.create({
      name: 'Fair',
      placeId: twin.id,
      timeZone: 'UTC',
      startDate: new Date('2027-03-01T18:00:00Z'),
    });
    return { place, twin, event };
  });
}

describe('with the keyboard alone', () => {
  /** Goes on by the tabulator until the control with this name or label has the focus. */
  async function tabTo(page: Page, name: string): Promise<void> {
    for (let count = 0; count < 100; count += 1) {
      await page.keyboard.press('Tab');
      const focused = await page.evaluate(() => {
        const { activeElement: element } = document;
        const labels = element !== null && 'labels' in element ? element.labels : null;
        const label = labels instanceof NodeList ? labels[0]?.textContent : undefined;
        return (label ?? element?.textContent ?? '').trim();
      });
      if (focused === name) return;
    }
    throw new Error(`The tabulator never came to ${name}.`);
  }

  test('a place is found, edited, and the edit undone from its history', async () => {
    const { page, context, problems } = await signedIn('editor');
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    await press('5');
    await page.waitForURL('**/admin');
    await press('j', 'o');
    await page.waitForURL('**/admin/places');
    await press('/');
    await page.keyboard.type('Place number 11');
    await press('Enter');
    await page.waitForURL('**/admin/places?q=Place*');
    await press('j', 'o');
    await page.getByRole('heading', { name: 'Place number 11' }).waitFor();
    await expect(beside(page, 'name').allTextContents()).resolves.toEqual([
      expect.stringMatching(/^Written by the source town-places, /),
    ]);
    await tabTo(page, 'Name (needed)');
    await press('ControlOrMeta+a');
    await page.keyboard.type('Town Library');
    await press('Enter');
    expect(await notice(page)).toBe('Saved: Name.');
    await expect(beside(page, 'name').allTextContents()).resolves.toEqual([
      expect.stringMatching(/^Written by editor@example.org, .* UTC\s+Let scrapers write it again: Name$/),
      expect.stringMatching(/^town-places last wrote, .* UTC: Place number 11$/),
    ]);
    await press('o');
    await page.waitForURL('**/review/records/Place/*');
    await press('j', 'o');
    await page.waitForURL('**/review/changes/*');
    await press('z');
    await page.waitForURL('**/review/plans/*');
    await page.keyboard.type('It has no such name.');
    await press('Enter');
    await page.getByText('Undone.').waitFor();
    expect(await Place.count({ where: { name: 'Place number 11' } })).toBe(1);
    expect(await Place.count({ where: { name: 'Town Library' } })).toBe(0);
    expect(problems).toEqual([]);
    await context.close();
  });

  test('two places are merged, after a look at what that does', async () => {
    const { page, context, problems } = await signedIn('editor');
    const { place, twin, event } = await twins('Keyed Mill');
    await page.goto(`${origin}/admin/places/${place.id}`);
    await tabTo(page, 'Merge duplicates into it…');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/merge');
    for (const key of ['j', 'x']) await page.keyboard.press(key);
    await tabTo(page, 'Preview the merge');
    await page.keyboard.press('Enter');
    await page.getByText('Moved to Keyed Mill: 1 event.').waitFor();
    expect((await twin.reload()).isDuplicate).toBe(false);
    await tabTo(page, 'Why');
    await page.keyboard.type('The same building.');
    await page.keyboard.press('Enter');
    expect(await notice(page)).toBe('1 duplicate merged into Keyed Mill.');
    expect((await event.reload()).placeId).toBe(place.id);
    expect(problems).toEqual([]);
    await context.close();
  });
});

describe('without scripts', () => {
  test('a place is edited, a mistake is told of, and the edit undone from its history', async () => {
    const { page, context } = await signedIn('editor', { javaScriptEnabled: false });
    await page.getByRole('link', { name: 'Admin' }).click();
    await page.getByRole('link', { name: 'Places', exact: true }).click();
    await page.getByLabel('Search').fill('Place number 10');
    await page.getByRole('button', { name: 'Show' }).click();
    await page.getByRole('link', { name: 'Place number 10' }).click();
    await page.getByLabel('Telephone').fill('call us');
    await page.getByRole('button', { name: 'Save the place' }).click();
    expect(await page.getByRole('alert').textContent()).toContain('Nothing was written.');
    expect(await page.getByLabel('Telephone').inputValue()).toBe('call us');
    await page.getByLabel('Telephone').fill('+13125550188');
    await page.getByRole('button', { name: 'Save the place' }).click();
    expect(await notice(page)).toBe('Saved: Telephone.');
    await page.getByRole('link', { name: 'History and undo' }).click();
    await page.locator('.row a[data-open]').first().click();
    await page.getByRole('button', { name: /^Undo the ticked fields/ }).click();
    await page.getByLabel('Why').fill('A wrong number.');
    await page.getByRole('button', { name: 'Undo 1 change in 1 record' }).click();
    await page.getByText('Undone.').waitFor();
    expect(await Place.count({ where: { telephone: '+13125550188' } })).toBe(0);
    await context.close();
  });

  test('two places are merged, after a look at what that does', async () => {
    const { page, context } = await signedIn('editor', { javaScriptEnabled: false });
    const { place, twin, event } = await twins('Clicked Mill');
    await page.goto(`${origin}/admin/places/${place.id}`);
    await page.getByRole('link', { name: 'Merge duplicates into it…' }).click();
    await page.getByLabel(`Clicked Mill Annex (${twin.id})`).check();
    await page.getByRole('button', { name: 'Preview the merge' }).click();
    expect(await page.locator('main').textContent()).toContain('Moved to Clicked Mill: 1 event.');
    await page.getByRole('button', { name: 'Merge 1 place into Clicked Mill' }).click();
    expect(await notice(page)).toBe('1 duplicate merged into Clicked Mill.');
    expect(await page.getByLabel('Telephone').inputValue()).toBe('+13125550142');
    expect((await event.reload()).placeId).toBe(place.id);
    await context.close();
  });
});

describe.each([
  { width: 1280, colorScheme: 'light' },
  { width: 320, colorScheme: 'dark' },
] as const)('at $width pixels, $colorScheme', ({ width, colorScheme }) => {
  test('every page passes axe and needs no sideways scrolling', async () => {
    const { page, context } = await signedIn('admin', { colorScheme, viewport: { width, height: 800 } });
    const fits = async (what: string) => {
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect([what, overflow]).toEqual([what, 0]);
    };
    const look = async (what: string) => {
      await fits(what);
      // In the page itself: there are no frames, for which it would open another one.
      const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] });
      const { violations } = await axe.analyze();
      const found = violations.map((each) => [each.id, each.nodes.map(({ html }) => html)]);
      expect([what, found]).toEqual([what, []]);
    };
    const place = await Place.findOne({ where: { name: 'Ana’s name 1' }, rejectOnEmpty: true });
    const form = `/admin/places/${place.id}`;
    for (const { path } of adminModels) {
      for (const url of [`/admin/${path}`, `/admin/${path}/new`, `/admin/${path}/${ids[path]}`]) {
        await page.goto(origin + url);
        await fits(url);
      }
    }
    // One page of each kind, and a form with each kind of field.
    const kinds = [
      '/admin',
      '/admin/sources',
      '/admin/user-tips',
      '/admin/events/new',
      form,
      `${form}/delete`,
    ];
    const others = [`/admin/user-vibe-times/${ids['user-vibe-times']}`, `${form}/merge?with=${ids.twin}`];
    for (const url of [...kinds, ...others]) {
      await page.goto(origin + url);
      await look(url);
    }
    await page.goto(origin + form);
    await page.getByLabel('Telephone').fill('call us');
    await page.getByRole('button', { name: 'Save the place' }).click();
    await page.getByRole('alert').waitFor();
    await look('a form with a problem');
    await page.goto(origin + form);
    await withUserActor(ana, () => place.update({ priceRange: `$${width}` }));
    await page.getByLabel('Price range').fill('$$$');
    await page.getByRole('button', { name: 'Save the place' }).click();
    await page.getByText(`Stored now: $${width}`).waitFor();
    await look('a form that somebody else was faster than');
    await context.close();
  });
});
