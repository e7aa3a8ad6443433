import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright';

/** A Chromium of the system, for machines where Playwright has not installed its own. */
const systemBrowsers = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const quiet = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * A real Chromium: Playwright's, else the system's.
 *
 * @throws Error with what to do when there is neither
 */
export async function launchBrowser(): Promise<Browser> {
  const own = chromium.executablePath();
  const executablePath = existsSync(own) ? own : systemBrowsers.find((path) => existsSync(path));
  if (executablePath === undefined) {
    throw new Error('These tests need a Chromium: npx playwright install chromium, or install the system’s.');
  }
  return await chromium.launch({ executablePath, args: quiet });
}
