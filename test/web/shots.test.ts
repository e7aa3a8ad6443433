import { afterAll, beforeAll, it } from 'vitest';
import { bindModels } from '../../src/models/bind-models.ts';
import { makeBadRun, type BadRun } from '../helpers/bad-run.ts';
import { launchBrowser } from '../helpers/browser.ts';
import { createTestDatabase } from '../helpers/test-database.ts';
import { password, startTestWeb } from '../helpers/web-server.ts';
import { applyUndoPlan } from '../../src/review/apply-undo-plan.ts';
import { planUndoOf } from '../../src/review/plan-undo-of.ts';
import { resumeSource } from '../../src/review/resume-source.ts';

const database = await createTestDatabase();
let town: BadRun;
beforeAll(async () => { await bindModels(database); town = await makeBadRun(database); }, 60000);
afterAll(() => database.close());
it('shoots', { timeout: 120000 }, async () => {
  await using web = await startTestWeb(database);
  const origin = await web.app.listen({ host: '127.0.0.1', port: 0 });
  await using browser = await launchBrowser();
  const shots = async (scheme: 'light'|'dark', width: number, pages: [string,string][]) => {
    const context = await browser.newContext({ colorScheme: scheme, viewport: { width, height: 800 } });
    const page = await context.newPage();
    page.on('console', (m) => console.log('console', m.text()));
    page.on('pageerror', (m) => console.log('pageerror', m.message));
    await page.goto(`${origin}/sign-in`);
    if (scheme === 'light' && width > 1000) await page.screenshot({ path: '/tmp/shot-signin.png' });
    await page.fill('input[name=email]', 'admin@example.org');
    await page.fill('input[name=password]', password);
    await page.click('main button');
    for (const [name, url] of pages) {
      const r = await page.goto(origin + url);
      console.log(name, r?.status());
      await page.screenshot({ path: `/tmp/shot-${name}-${scheme}-${width}.png`, fullPage: width < 400 ? false : false });
    }
    await context.close();
  };
  const plan = await planUndoOf(database.sequelize, { filter: { run: town.bad.runId } }, web.users.admin);
  const pages: [string,string][] = [['runs','/review'],['run',`/review/runs/${town.bad.runId}`],['changes','/review/changes?run=2&field=name'],['change','/review/changes/2100'],['plan',`/review/plans/${plan.id}`]];
  await shots('light', 1280, pages);
  await shots('dark', 1280, pages.slice(0,2));
  await shots('light', 320, pages);
  await applyUndoPlan(database.sequelize, plan.id, { by: web.users.admin, reason: 'block page' });
  await resumeSource(database.sequelize, 'town-places');
  await town.crawlAgain();
  await shots('light', 1280, [['planned',`/review/plans/${plan.id}`],['sugg','/review/suggestions'],['holds','/review/holds'],['record','/review/records/Place/1'],['users','/users'],['account','/account']]);
});
