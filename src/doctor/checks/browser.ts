import { existsSync } from 'node:fs';
import type { Check } from '../check.ts';

/** Whether there is a Chromium. */
export const browser: Check = {
  name: 'browser',
  needsTables: false,
  run: async ({ browserPaths }) => {
    const found = (await browserPaths()).find((path) => existsSync(path));
    if (found !== undefined) return [{ level: 'ok', message: `A browser was found: ${found}.` }];
    return [
      {
        level: 'notice',
        message: 'No Chromium was found: what needs a browser, such as the tests of the pages, cannot run.',
        mend: 'npx playwright install chromium',
      },
    ];
  },
};
