import { access, constants } from 'node:fs/promises';
import type { Check } from '../check.ts';

/** Whether there is a Chromium. */
export const browser: Check = {
  name: 'browser',
  needsTables: false,
  run: async ({ browserPaths }) => {
    for (const path of await browserPaths())
      if (await isExecutable(path)) return [{ level: 'ok', message: `A browser was found: ${path}.` }];
    return [
      {
        level: 'notice',
        message: 'No Chromium was found: what needs a browser, such as the tests of the pages, cannot run.',
        mend: 'npx playwright install chromium',
      },
    ];
  },
};

async function isExecutable(path: string): Promise<boolean> {
  return await access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
