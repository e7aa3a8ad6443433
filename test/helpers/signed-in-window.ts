import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright';
import type { Role } from '../../src/records/user.ts';
import { password } from './web-server.ts';

export interface Window {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of its pages' scripts, and what the console complained of. */
  readonly problems: string[];
}

/** A window of the test user with a role, who has signed in. */
export async function signedInWindow(
  browser: Browser,
  { origin, role, options = {} }: { origin: string; role: Role; options?: BrowserContextOptions },
): Promise<Window> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.setDefaultTimeout(300_000);
  const problems: string[] = [];
  page.on('pageerror', ({ message }) => problems.push(message));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  await page.goto(`${origin}/review`);
  await page.getByLabel('E-mail address').fill(`${role}@example.org`);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(`${origin}/review`);
  return { page, context, problems };
}
